import { Module } from '@nestjs/common';
import { UpstreamModule } from '@film-store/resilience';
import { CONFIG, serviceTokenHeaders, toUpstreamPolicies } from '@film-store/service';
import type { RecommendationsConfig } from '../recommendations.config.ts';

/** Declares the upstream that films and orders are read from. */
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
        // No request waits for its reads: there is time to try again.
        deadlineMs: 10_000,
      }),
    }),
  ],
})
export class CatalogModule {}
