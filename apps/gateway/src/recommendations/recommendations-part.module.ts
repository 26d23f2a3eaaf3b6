import { Module } from '@nestjs/common';
import { PopularModule } from '../popular/popular.module.ts';
import { PersonalizedFlag } from './personalized.flag.ts';
import { RecommendationsModule } from './recommendations.module.ts';
import { RecommendationsPart } from './recommendations.part.ts';

@Module({
  imports: [PopularModule, RecommendationsModule],
  providers: [PersonalizedFlag, RecommendationsPart],
  exports: [RecommendationsPart],
})
export class RecommendationsPartModule {}
