import { Module } from '@nestjs/common';
import { UpstreamModule } from '@film-store/resilience';
import { CONFIG, serviceTokenHeaders, toUpstreamPolicies } from '@film-store/service';
import type { RecommendationsConfig } from '../recommendations.config.ts';

/** Provides the upstream for films and orders. */
@Module({
  imports: [
    UpstreamModule.registerAsync({
      name: 'catalog',
      inject: [CONFIG],
      useFactory: (config: RecommendationsConfig) => ({
        url: config.CATALOG_URL,
        policies: toUpstreamPolicies('catalog', config),
        headers: serviceTokenHeaders(config),
        internal: true,
        // No request waits for these reads, so there is time for retries.
        deadlineMs: 10_000,
      }),
    }),
  ],
})
export class CatalogModule {}
