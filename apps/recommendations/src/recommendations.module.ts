import { Module } from '@nestjs/common';
import { CONFIG, serviceTokenHeaders } from '@film-store/service';
import { UpstreamModule } from '@film-store/resilience';
import { FeedFollower } from './feed/feed-follower.ts';
import { FilmRefresh } from './films/film-refresh.ts';
import { SnapshotStore } from './films/snapshot-store.ts';
import { ScoringPool } from './model/scoring-pool.ts';
import { SCORING_THREADS, startScoringThreads } from './model/scoring-threads.ts';
import { TIME, systemTime } from './polling/time.ts';
import type { RecommendationsConfig } from './recommendations.config.ts';
import { RecommendationsController } from './recommendations.controller.ts';
import { Recommender } from './recommender.ts';

@Module({
  imports: [
    UpstreamModule.register({
      name: 'catalog',
      config: CONFIG,
      url: (config: RecommendationsConfig) => config.CATALOG_URL,
      headers: serviceTokenHeaders,
      internal: true,
    }),
  ],
  controllers: [RecommendationsController],
  providers: [
    { provide: TIME, useValue: systemTime },
    { provide: SCORING_THREADS, useFactory: startScoringThreads },
    ScoringPool,
    SnapshotStore,
    Recommender,
    FilmRefresh,
    FeedFollower,
  ],
})
export class RecommendationsModule {}
