import { Controller, Get, Query } from '@nestjs/common';
import {
  type PopularQuery,
  type Recommendations,
  type RecommendationsQuery,
  popularQuery,
  recommendationsQuery,
} from '@film-store/contracts';
import { RecommendationsService } from './recommendations.service.ts';

@Controller('recommendations')
export class RecommendationsController {
  constructor(private readonly recommendations: RecommendationsService) {}

  @Get()
  similar(@Query({ schema: recommendationsQuery }) query: RecommendationsQuery): Promise<Recommendations> {
    return this.recommendations.similar(query.productId, query.limit);
  }

  @Get('popular')
  popular(@Query({ schema: popularQuery }) query: PopularQuery): Promise<Recommendations> {
    return this.recommendations.popular(query.limit);
  }
}
