import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Examiner } from './examiner.ts';
import { HealthController } from './health.controller.ts';
import { HealthRegistry } from './health.registry.ts';
import { HealthReporter } from './health.reporter.ts';
import { ProcessIndicators } from './process-indicators.ts';
import { ServicePhase } from '@film-store/core';

/** `/health/live`, `/health/ready` and `/health/deep` over what the service's modules register. */
@Global()
@Module({})
export class HealthModule {
  /** @param phase of the service, which whoever starts and stops it writes */
  static register(phase: ServicePhase): DynamicModule {
    return {
      module: HealthModule,
      // Terminus would log every failed probe; what fails is told where it fails, once.
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [
        HealthRegistry,
        Examiner,
        HealthReporter,
        ProcessIndicators,
        { provide: ServicePhase, useValue: phase },
      ],
      exports: [HealthRegistry, HealthReporter],
    };
  }
}
