import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.ts';
import { HealthRegistry } from './health.registry.ts';

/** `/health/live`, `/health/ready` and `/health/deep` over what the service's modules register. */
@Global()
@Module({
  // Terminus would log every failed probe; what fails is told where it fails, once.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [HealthRegistry],
  exports: [HealthRegistry],
})
export class HealthModule {}
