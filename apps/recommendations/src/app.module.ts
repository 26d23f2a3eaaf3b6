import { Module } from '@nestjs/common';
import { CONFIG, serviceTokenHeaders, toUpstreamPolicies } from '@film-store/service';
import { UpstreamModule } from '@film-store/resilience';
import { FeedService } from './feed/feed.service.ts';
import { FilmsService } from './films/films.service.ts';
import { FilmsRepository } from './films/films.repository.ts';
import { ScoringPool } from './scoring/scoring-pool.ts';
import { SCORING_THREADS, startScoringThreads } from './scoring/scoring-threads.ts';
import { TIME, systemTime } from './polling/time.ts';
import type { RecommendationsConfig } from './recommendations.config.ts';
import { RecommendationsController } from './recommendations/recommendations.controller.ts';
import { RecommendationsService } from './recommendations/recommendations.service.ts';

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
  controllers: [RecommendationsController],
  providers: [
    { provide: TIME, useValue: systemTime },
    { provide: SCORING_THREADS, useFactory: startScoringThreads },
    ScoringPool,
    FilmsRepository,
    RecommendationsService,
    FilmsService,
    FeedService,
  ],
})
export class AppModule {}
