import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type Product, recommendations } from '@film-store/contracts';
import { HealthRegistry } from '@film-store/health';
import { HttpUpstream, InjectUpstream, type UpstreamRequest } from '@film-store/resilience';
import { createUpstreamCheck } from '@film-store/service';
import type { PopularSource } from '../popular/popular-films.ts';

/** Shed first under overload. Ends the call early enough for a fallback. */
const OPTIONAL_CALL = { priority: 'sheddable', fallbackReserveMs: 100 } satisfies Partial<
  UpstreamRequest<unknown>
>;

@Injectable()
export class RecommendationsClient implements OnModuleInit, PopularSource {
  constructor(
    @InjectUpstream('recommendations') private readonly recommendations: HttpUpstream,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    const check = createUpstreamCheck(this.recommendations);
    this.health.register({ name: 'recommendations', critical: false, check });
  }

  /** @throws Problem `not-found` for a film that recommendations has not read */
  async forProduct(productId: string, limit: number): Promise<Product[]> {
    const { items } = await this.recommendations.get('/recommendations', {
      query: { productId, limit },
      schema: recommendations,
      passThroughProblems: ['not-found'],
      ...OPTIONAL_CALL,
    });
    return items;
  }

  async popular(limit: number): Promise<Product[]> {
    const { items } = await this.recommendations.get('/recommendations/popular', {
      query: { limit },
      schema: recommendations,
      ...OPTIONAL_CALL,
    });
    return items;
  }
}
