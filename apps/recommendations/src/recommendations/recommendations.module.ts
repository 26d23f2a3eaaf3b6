import { Module } from '@nestjs/common';
import { ScoringModule } from '../scoring/scoring.module.ts';
import { RecommendationsController } from './recommendations.controller.ts';
import { RecommendationsService } from './recommendations.service.ts';

@Module({
  imports: [ScoringModule],
  controllers: [RecommendationsController],
  providers: [RecommendationsService],
  exports: [RecommendationsService],
})
export class RecommendationsModule {}
