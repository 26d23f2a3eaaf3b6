import { Injectable } from '@nestjs/common';
import type { Home } from '@film-store/contracts';
import { toDegradations, startDegradedSeries } from '@film-store/degradation';
import { FALLBACKS, RecommendationsService } from '../recommendations/recommendations.service.ts';
import { toRecommendedProducts } from '../recommendations/to-recommended-products.ts';

const FEATURED = 12;

@Injectable()
export class HomeService {
  constructor(private readonly recommendations: RecommendationsService) {
    startDegradedSeries('featured', FALLBACKS);
  }

  async home(): Promise<Home> {
    const featured = await this.recommendations.popular(FEATURED);
    return {
      featured: toRecommendedProducts(featured),
      degraded: toDegradations('featured', featured),
    };
  }
}
