import { type FaultInjectionOptions, FaultInjectionModule } from '@film-store/fault-injection';
import { UpstreamRegistry } from '@film-store/resilience';
import { type DynamicModule, Module } from '@nestjs/common';
import { AdmissionIndicator } from './load-shedding-indicator.ts';
import { createFaultPeers } from './fault-peers.ts';
import { MetricsController } from './metrics.controller.ts';
import { OperatorsModule } from './operators.module.ts';
import { Operators } from './operators.ts';
import type { OpsOptions } from './ops-options.ts';
import { OpsController } from './ops.controller.ts';
import { Peers } from './peers.ts';
import { SessionController } from './session.controller.ts';
import { TracesController } from './traces.controller.ts';
import { ServiceStateReader } from './state/service-state.ts';
import { SystemWatch } from './state/system-stream.ts';
import { WatchController } from './state/state.controller.ts';

/** Serves `/metrics`, and to operators everything under `/ops`. Needs `HealthModule` and `UpstreamRegistryModule`. */
@Module({})
export class OpsModule {
  static forRoot(options: OpsOptions): DynamicModule {
    const { service, faults } = options;
    const operators = OperatorsModule.forRoot(options);
    return {
      module: OpsModule,
      imports: [
        operators,
        ...(faults
          ? [
              FaultInjectionModule.forRootAsync({
                imports: [operators],
                inject: [Operators, Peers, UpstreamRegistry],
                useFactory: (
                  admin: Operators,
                  peers: Peers,
                  upstreams: UpstreamRegistry,
                ): FaultInjectionOptions => ({
                  ...faults,
                  service,
                  authorize: (request) => admin.admit(request),
                  points: () => ['flags', ...upstreams.all().map(({ name }) => name)],
                  peers: createFaultPeers(peers),
                }),
              }),
            ]
          : []),
      ],
      controllers: [OpsController, WatchController, SessionController, TracesController, MetricsController],
      providers: [AdmissionIndicator, ServiceStateReader, SystemWatch],
    };
  }
}
