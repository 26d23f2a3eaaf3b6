import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.ts';
import { HealthRegistry } from './health.registry.ts';
import { HealthReporter } from './health.reporter.ts';
import { ProcessIndicators } from './process-indicators.ts';
import { HEALTH_INDICATORS, LifecycleState } from '@film-store/core';

/** Serves `/health/live`, `/health/ready` and `/health/deep` with the indicators that modules register. */
@Global()
@Module({})
export class HealthModule {
  /** @param phase call its `serve()` when the service is ready, and `drain()` when it stops */
  static register(phase: LifecycleState): DynamicModule {
    return {
      module: HealthModule,
      // Terminus would log every failed probe. The part that fails logs its failure once.
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [
        HealthRegistry,
        { provide: HEALTH_INDICATORS, useExisting: HealthRegistry },
        HealthReporter,
        ProcessIndicators,
        { provide: LifecycleState, useValue: phase },
      ],
      exports: [HEALTH_INDICATORS, HealthRegistry, HealthReporter],
    };
  }
}
