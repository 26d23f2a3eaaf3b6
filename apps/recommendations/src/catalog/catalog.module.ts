import { Module } from '@nestjs/common';
import { UpstreamModule } from '@film-store/resilience';
import { CONFIG, toServiceUpstream } from '@film-store/service';
import type { RecommendationsConfig } from '../recommendations.config.ts';

/** Provides the upstream for films and orders. */
@Module({
  imports: [
    UpstreamModule.registerAsync({
      name: 'catalog',
      inject: [CONFIG],
      useFactory: (config: RecommendationsConfig) => ({
        ...toServiceUpstream('catalog', config),
        // No request waits for these reads, so there is time for retries.
        deadlineMs: 10_000,
      }),
    }),
  ],
})
export class CatalogModule {}
