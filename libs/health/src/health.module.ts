import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthIndicatorRunner } from './health-indicator-runner.ts';
import { HealthController } from './health.controller.ts';
import { HealthRegistry } from './health.registry.ts';
import { HealthReporter } from './health.reporter.ts';
import { ProcessIndicators } from './process-indicators.ts';
import { HEALTH_INDICATORS, LifecycleState } from '@film-store/core';

/** Serves `/health/live`, `/health/ready` and `/health/deep`, from the indicators that the modules register. */
@Global()
@Module({})
export class HealthModule {
  /** @param phase the state of the service: call `serve()` when it is ready and `drain()` when it stops */
  static register(phase: LifecycleState): DynamicModule {
    return {
      module: HealthModule,
      // Terminus would log every failed probe. A failure is logged once, where it happens.
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [
        HealthRegistry,
        { provide: HEALTH_INDICATORS, useExisting: HealthRegistry },
        HealthIndicatorRunner,
        HealthReporter,
        ProcessIndicators,
        { provide: LifecycleState, useValue: phase },
      ],
      exports: [HEALTH_INDICATORS, HealthRegistry, HealthReporter],
    };
  }
}
