import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type ProductDetail, productDetail } from '@film-store/contracts';
import { HealthRegistry } from '@film-store/health';
import { HttpUpstream, InjectUpstream } from '@film-store/resilience';
import { createUpstreamCheck } from '@film-store/service';

@Injectable()
export class CalledServiceClient implements OnModuleInit {
  constructor(
    @InjectUpstream('called-service') private readonly upstream: HttpUpstream,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    const check = createUpstreamCheck(this.upstream);
    this.health.register({ name: 'called-service', critical: false, check });
  }

  /** @throws Problem `not-found` for an unknown product */
  find(productId: string): Promise<ProductDetail> {
    return this.upstream.get(`/products/${productId}`, {
      schema: productDetail,
      passThroughProblems: ['not-found'],
      // Ends the call early enough for a fallback.
      fallbackReserveMs: 100,
    });
  }
}
