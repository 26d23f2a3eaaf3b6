import { type FaultInjectionOptions, FaultInjectionModule } from '@film-store/fault-injection';
import { UpstreamRegistry } from '@film-store/resilience';
import { type DynamicModule, Module } from '@nestjs/common';
import { LoadSheddingIndicator } from './load-shedding-indicator.ts';
import { MetricsController } from './metrics.controller.ts';
import { Operators } from './operators.ts';
import { OPS_OPTIONS, type OpsOptions } from './ops-options.ts';
import { OpsController } from './ops.controller.ts';
import { createRemoteFaults, Peers } from './peers.ts';
import { SessionController } from './session.controller.ts';
import { ServiceStateReader } from './state/service-state.ts';
import { SystemStream } from './state/system-stream.ts';
import { TracesController } from './traces.controller.ts';

/** Provides what the operators' endpoints and the fault injection share. */
@Module({})
class OperatorsModule {}

/** Serves `/metrics`, and `/ops` to operators. Needs `HealthModule` and `UpstreamRegistryModule`. */
@Module({})
export class OpsModule {
  static forRoot(options: OpsOptions): DynamicModule {
    const { service, faults } = options;
    const operators: DynamicModule = {
      module: OperatorsModule,
      providers: [{ provide: OPS_OPTIONS, useValue: options }, Operators, Peers],
      exports: [OPS_OPTIONS, Operators, Peers],
    };
    const faultInjection = FaultInjectionModule.forRootAsync({
      imports: [operators],
      inject: [Operators, Peers, UpstreamRegistry],
      useFactory: (admin: Operators, peers: Peers, upstreams: UpstreamRegistry): FaultInjectionOptions => ({
        ...faults,
        service,
        authorize: (request) => admin.authorize(request),
        points: () => [
          // #region part: flags
          'flags',
          // #endregion part: flags
          ...upstreams.all().map(({ name }) => name),
        ],
        remote: createRemoteFaults(peers),
      }),
    });
    return {
      module: OpsModule,
      imports: [operators, ...(faults ? [faultInjection] : [])],
      controllers: [OpsController, SessionController, TracesController, MetricsController],
      providers: [LoadSheddingIndicator, ServiceStateReader, SystemStream],
    };
  }
}
