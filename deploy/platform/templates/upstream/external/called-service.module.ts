import { Module } from '@nestjs/common';
import { UpstreamModule } from '@film-store/resilience';
import { CONFIG, toUpstreamPolicies } from '@film-store/service';
import type { CallingServiceConfig } from '../../calling-service.config.ts';
import { CalledServiceClient } from './called-service.client.ts';

@Module({
  imports: [
    UpstreamModule.registerAsync({
      name: 'called-service',
      inject: [CONFIG],
      useFactory: (config: CallingServiceConfig) => ({
        url: config.CALLED_SERVICE_URL,
        policies: toUpstreamPolicies('called-service', config),
      }),
    }),
  ],
  providers: [CalledServiceClient],
  exports: [CalledServiceClient],
})
export class CalledServiceModule {}
