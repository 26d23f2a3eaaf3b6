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
import {
  type CheckedResponse,
  HttpUpstream,
  InjectUpstream,
  type UpstreamRequest,
} from '@film-store/resilience';
import { createUpstreamCheck } from '@film-store/service';
import type { PopularSource } from '../popular/popular-films.ts';

/** Ends the call early enough for a fallback. */
const CALL_WITH_FALLBACK = { fallbackReserveMs: 100 } satisfies Partial<UpstreamRequest<unknown>>;
/** A fallback call. Runs in the time that the first call left, and keeps time for the response. */
const FALLBACK_CALL = { priority: 'sheddable', fallbackReserveMs: 50 } satisfies Partial<
  UpstreamRequest<unknown>
>;

/** Timeout of an order attempt, in milliseconds. Transactions wait for one another. Allows two attempts within the deadline. */
const ORDER_ATTEMPT_MS = 2000;

export interface OrderCaller {
  readonly principal: string;
  readonly idempotencyKey: string;
}

export interface PlacedOrder {
  readonly order: Order;
  /** `true` if an earlier request with the same key placed the order. */
  readonly replayed: boolean;
}

@Injectable()
export class CatalogClient implements OnModuleInit, PopularSource {
  constructor(
    @InjectUpstream('catalog') private readonly catalog: HttpUpstream,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register({ name: 'catalog', critical: false, check: createUpstreamCheck(this.catalog) });
  }

  /** @throws Problem `not-found` */
  product(id: string): Promise<CheckedResponse<ProductDetail>> {
    return this.catalog.getWithJson(`/products/${id}`, {
      schema: productDetail,
      passThroughProblems: ['not-found'],
      ...CALL_WITH_FALLBACK,
    });
  }

  /** @throws Problem `validation-failed` for a cursor that catalog did not create */
  products(query: ProductListQuery): Promise<CheckedResponse<ProductList>> {
    return this.catalog.getWithJson('/products', {
      query,
      schema: productList,
      passThroughProblems: ['validation-failed'],
      ...CALL_WITH_FALLBACK,
    });
  }

  /** Returns the first films of catalog's list, which is ordered by popularity. */
  async popular(limit: number): Promise<Product[]> {
    const { items } = await this.catalog.get('/products', {
      query: { limit },
      schema: productList,
      ...FALLBACK_CALL,
    });
    return items;
  }

  /** @throws Problem `out-of-stock`, `idempotency-key-reused`, `validation-failed` for an unknown product */
  async placeOrder(request: OrderRequest, { principal, idempotencyKey }: OrderCaller): Promise<PlacedOrder> {
    let replayed = false;
    const placed = await this.catalog.post('/orders', request, {
      schema: order,
      headers: { [PRINCIPAL]: principal, [IDEMPOTENCY_KEY]: idempotencyKey },
      idempotent: true,
      timeoutMs: ORDER_ATTEMPT_MS,
      // A second attempt can find the order of the first attempt. This is not a replay.
      onResponse: (headers, attempt) => {
        replayed = attempt === 1 && headers[IDEMPOTENT_REPLAYED] === 'true';
      },
      passThroughProblems: ['out-of-stock', 'idempotency-key-reused', 'validation-failed'],
    });
    return { order: placed, replayed };
  }

  /** @throws Problem `not-found` */
  order(id: string, principal: string): Promise<Order> {
    return this.catalog.get(`/orders/${id}`, {
      headers: { [PRINCIPAL]: principal },
      schema: order,
      passThroughProblems: ['not-found'],
    });
  }
}
