import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.ts';
import { ScoringPool } from './scoring-pool.ts';
import { SCORING_THREADS, startScoringThreads } from './scoring-threads.ts';

@Module({
  imports: [DatabaseModule],
  providers: [{ provide: SCORING_THREADS, useFactory: startScoringThreads }, ScoringPool],
  exports: [ScoringPool],
})
export class ScoringModule {}
