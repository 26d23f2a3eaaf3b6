import { Module } from '@nestjs/common';
import { ScoringPool } from './scoring-pool.ts';
import { SCORING_THREADS, startScoringThreads } from './scoring-threads.ts';

@Module({
  providers: [{ provide: SCORING_THREADS, useFactory: startScoringThreads }, ScoringPool],
  exports: [ScoringPool],
})
export class ScoringModule {}
