import { Injectable } from '@nestjs/common';
import type { Home } from '@film-store/contracts';
import { toDegradations, startDegradedSeries } from '@film-store/degradation';
import { toListBody } from '../api/to-list-body.ts';
import { PopularFilms } from '../popular/popular-films.ts';

const FEATURED = 12;

@Injectable()
export class HomeService {
  constructor(private readonly popular: PopularFilms) {
    startDegradedSeries('featured', ['popular', 'none']);
  }

  async home(): Promise<Home> {
    const featured = await this.popular.find(FEATURED);
    return {
      featured: toListBody(featured),
      degraded: toDegradations('featured', featured),
    };
  }
}
