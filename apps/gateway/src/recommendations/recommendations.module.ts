import { Module } from '@nestjs/common';
import { UpstreamModule } from '@film-store/resilience';
import { CONFIG, serviceTokenHeaders, toUpstreamPolicies } from '@film-store/service';
import type { GatewayConfig } from '../gateway.config.ts';
import { RecommendationsClient } from './recommendations.client.ts';

@Module({
  imports: [
    UpstreamModule.registerAsync({
      name: 'recommendations',
      inject: [CONFIG],
      useFactory: (config: GatewayConfig) => ({
        url: config.RECOMMENDATIONS_URL,
        policies: toUpstreamPolicies('recommendations', config),
        headers: serviceTokenHeaders(config),
        internal: true,
      }),
    }),
  ],
  providers: [RecommendationsClient],
  exports: [RecommendationsClient],
})
export class RecommendationsModule {}
