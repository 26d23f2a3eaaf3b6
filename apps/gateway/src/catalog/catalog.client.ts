import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  type Order,
  type OrderRequest,
  type Product,
  type ProductDetail,
  type ProductList,
  type ProductListQuery,
  order,
  productDetail,
  productList,
} from '@film-store/contracts';
import { HealthRegistry } from '@film-store/health';
import { IDEMPOTENCY_KEY, IDEMPOTENT_REPLAYED, PRINCIPAL } from '@film-store/core';
import { InjectUpstream, Upstream } from '@film-store/resilience';
import { checkUpstream } from '../health/check-upstream.ts';

/** Given up in time for a fallback to answer instead, in milliseconds. */
const HAS_FALLBACK = { reserveMs: 100 } as const;
/** Is a fallback itself, in what another call left it; the answer has to be out in time all the same. */
const IS_FALLBACK = { priority: 'sheddable', reserveMs: 50 } as const;

/** A transaction waits for others by its nature. Leaves time for a second attempt, and most of a third. */
const ORDER_ATTEMPT_MS = 2000;

/** What the gateway asks of catalog. */
@Injectable()
export class CatalogClient implements OnModuleInit {
  constructor(
    @InjectUpstream('catalog') private readonly catalog: Upstream,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register({ name: 'catalog', critical: false, check: checkUpstream(this.catalog) });
  }

  /** @throws Problem `not-found` */
  product(id: string): Promise<ProductDetail> {
    return this.catalog.get(`/products/${id}`, {
      schema: productDetail,
      expects: ['not-found'],
      ...HAS_FALLBACK,
    });
  }

  /** @throws Problem `validation-failed` for a cursor that catalog did not make */
  products(query: ProductListQuery): Promise<ProductList> {
    return this.catalog.get('/products', {
      query,
      schema: productList,
      expects: ['validation-failed'],
      ...HAS_FALLBACK,
    });
  }

  /** The most popular films, by what catalog knows of them: the first of its list. */
  async popular(limit: number): Promise<Product[]> {
    const { items } = await this.catalog.get('/products', {
      query: { limit },
      schema: productList,
      ...IS_FALLBACK,
    });
    return items;
  }

  /**
   * @param onReplayed hears that the answer is that of an order that was placed by the same key before
   * @throws Problem `out-of-stock`, `idempotency-key-reused`, `validation-failed` for an unknown product
   */
  placeOrder(
    request: OrderRequest,
    { principal, idempotencyKey }: { principal: string; idempotencyKey: string },
    onReplayed?: () => void,
  ): Promise<Order> {
    return this.catalog.post('/orders', request, {
      schema: order,
      headers: { [PRINCIPAL]: principal, [IDEMPOTENCY_KEY]: idempotencyKey },
      idempotent: true,
      timeoutMs: ORDER_ATTEMPT_MS,
      // What a second attempt of ours finds may be what the first one did, for this very request.
      onAnswer: (headers, attempt) => {
        if (attempt === 1 && headers[IDEMPOTENT_REPLAYED] === 'true') onReplayed?.();
      },
      expects: ['out-of-stock', 'idempotency-key-reused', 'validation-failed'],
    });
  }

  /** @throws Problem `not-found` */
  order(id: string, principal: string): Promise<Order> {
    return this.catalog.get(`/orders/${id}`, {
      headers: { [PRINCIPAL]: principal },
      schema: order,
      expects: ['not-found'],
    });
  }
}
