import { ActiveFaults } from '@film-store/fault-injection';
import { type DynamicModule, Module } from '@nestjs/common';
import { AdmissionIndicator } from './admission-indicator.ts';
import { FaultControl } from './fault-control.ts';
import { FaultsController } from './faults.controller.ts';
import { MetricsController } from './metrics.controller.ts';
import { Operators } from './operators.ts';
import { OPS_OPTIONS, type OpsOptions } from './ops-options.ts';
import { OpsController } from './ops.controller.ts';
import { Peers } from './peers.ts';
import { SessionController } from './session.controller.ts';
import { TracesController } from './traces.controller.ts';
import { ServiceStateReader } from './watch/service-state.ts';
import { SystemWatch } from './watch/system.ts';
import { WatchController } from './watch/watch.controller.ts';

/** Serves `/metrics`, and to operators everything under `/ops`. Needs `HealthModule` and `UpstreamRegistryModule`. */
@Module({})
export class OpsModule {
  static forRoot(options: OpsOptions): DynamicModule {
    const { faults } = options;
    return {
      module: OpsModule,
      controllers: [
        OpsController,
        WatchController,
        SessionController,
        TracesController,
        MetricsController,
        ...(faults ? [FaultsController] : []),
      ],
      providers: [
        { provide: OPS_OPTIONS, useValue: options },
        AdmissionIndicator,
        ServiceStateReader,
        Peers,
        SystemWatch,
        Operators,
        ...(faults ? [{ provide: ActiveFaults, useValue: faults }, FaultControl] : []),
      ],
    };
  }
}
