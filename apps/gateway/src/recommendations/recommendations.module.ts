import { Module } from '@nestjs/common';
import { UpstreamModule } from '@film-store/resilience';
import { CONFIG, toServiceUpstream } from '@film-store/service';
import type { GatewayConfig } from '../gateway.config.ts';
import { RecommendationsClient } from './recommendations.client.ts';

@Module({
  imports: [
    UpstreamModule.registerAsync({
      name: 'recommendations',
      inject: [CONFIG],
      useFactory: (config: GatewayConfig) => toServiceUpstream('recommendations', config),
    }),
  ],
  providers: [RecommendationsClient],
  exports: [RecommendationsClient],
})
export class RecommendationsModule {}
