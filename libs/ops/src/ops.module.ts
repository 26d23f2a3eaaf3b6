import { type DynamicModule, Module } from '@nestjs/common';
import { createFaultInjection } from './fault-injection.ts';
import { LoadSheddingIndicator } from './load-shedding-indicator.ts';
import { MetricsController } from './metrics.controller.ts';
import { Operators } from './operators.ts';
import { OPS_OPTIONS, type OpsOptions } from './ops-options.ts';
import { OpsController } from './ops.controller.ts';
import { Peers } from './peers.ts';
import { SessionController } from './session.controller.ts';
import { ServiceStateReader } from './state/service-state.ts';
import { SystemStream } from './state/system-stream.ts';
import { TracesController } from './traces.controller.ts';

/** Provides what the modules of operators share. */
@Module({})
class OperatorsModule {}

/** Serves `/metrics`, and `/ops` to operators. Needs `HealthModule` and `UpstreamRegistryModule`. */
@Module({})
export class OpsModule {
  static forRoot(options: OpsOptions): DynamicModule {
    const operators: DynamicModule = {
      module: OperatorsModule,
      providers: [{ provide: OPS_OPTIONS, useValue: options }, Operators, Peers],
      exports: [OPS_OPTIONS, Operators, Peers],
    };
    return {
      module: OpsModule,
      imports: [operators, ...createFaultInjection(options, operators)],
      controllers: [OpsController, SessionController, TracesController, MetricsController],
      providers: [LoadSheddingIndicator, ServiceStateReader, SystemStream],
    };
  }
}
