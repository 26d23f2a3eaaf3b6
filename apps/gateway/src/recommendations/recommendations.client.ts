import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Product, recommendations } from '@film-store/contracts';
import { HealthRegistry } from '@film-store/health';
import { InjectUpstream, Upstream } from '@film-store/resilience';
import { checkUpstream } from '../health/check-upstream.ts';

/** Refused first when there is too much to do, and given up in time for a fallback to answer instead. */
const CAN_DO_WITHOUT = { priority: 'sheddable', reserveMs: 100 } as const;

/** What the gateway asks of recommendations. */
@Injectable()
export class RecommendationsClient implements OnModuleInit {
  constructor(
    @InjectUpstream('recommendations') private readonly recommendations: Upstream,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    const check = checkUpstream(this.recommendations);
    this.health.register({ name: 'recommendations', critical: false, check });
  }

  /** @throws Problem `not-found` for a film that recommendations do not know, or not yet */
  async forProduct(productId: string, limit: number): Promise<Product[]> {
    const answer = await this.recommendations.get('/recommendations', {
      query: { productId, limit },
      schema: recommendations,
      expects: ['not-found'],
      ...CAN_DO_WITHOUT,
    });
    return answer.items;
  }

  async popular(limit: number): Promise<Product[]> {
    const answer = await this.recommendations.get('/recommendations/popular', {
      query: { limit },
      schema: recommendations,
      ...CAN_DO_WITHOUT,
    });
    return answer.items;
  }
}
