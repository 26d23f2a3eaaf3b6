import { Injectable } from '@nestjs/common';
import type { Home } from '@film-store/contracts';
import { degradationsOf, startDegradedSeries } from '@film-store/degradation';
import { FALLBACKS, PicksService } from '../recommendations/recommendations.service.ts';
import { toPicks } from '../recommendations/to-recommended-products.ts';

const FEATURED = 12;

@Injectable()
export class HomeService {
  constructor(private readonly picks: PicksService) {
    startDegradedSeries('featured', FALLBACKS);
  }

  async home(): Promise<Home> {
    const featured = await this.picks.popular(FEATURED);
    return { featured: toPicks(featured), degraded: degradationsOf('featured', featured) };
  }
}
