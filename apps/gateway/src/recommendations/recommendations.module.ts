import { Module } from '@nestjs/common';
import { UpstreamModule } from '@film-store/resilience';
import { CONFIG, serviceTokenHeaders, toUpstreamPolicies } from '@film-store/service';
import { CatalogModule } from '../catalog/catalog.module.ts';
import type { GatewayConfig } from '../gateway.config.ts';
import { LastKnownGoodModule } from '../last-known-good/last-known-good.module.ts';
import { PersonalizedFlag } from './personalized.flag.ts';
import { RecommendationsClient } from './recommendations.client.ts';
import { RecommendationsService } from './recommendations.service.ts';

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
    CatalogModule,
    LastKnownGoodModule,
  ],
  providers: [PersonalizedFlag, RecommendationsClient, RecommendationsService],
  exports: [PersonalizedFlag, RecommendationsService],
})
export class RecommendationsModule {}
