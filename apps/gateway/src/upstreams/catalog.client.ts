import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  type Order,
  type OrderRequest,
  type ProductDetail,
  type ProductList,
  type ProductListQuery,
  order,
  productDetail,
  productList,
} from '#libs/contracts';
import { HealthRegistry } from '#libs/health';
import { IDEMPOTENCY_KEY, PRINCIPAL } from '#libs/http';
import { InjectUpstream, Upstream } from '#libs/resilience';
import { probe } from './probe.ts';

/** What the gateway asks of catalog. */
@Injectable()
export class CatalogClient implements OnModuleInit {
  constructor(
    @InjectUpstream('catalog') private readonly catalog: Upstream,
    private readonly health: HealthRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register({ name: 'catalog', critical: false, check: () => probe(this.catalog) });
  }

  /** @throws Problem `not-found` */
  product(id: string): Promise<ProductDetail> {
    return this.catalog.get(`/products/${id}`, { schema: productDetail, expects: ['not-found'] });
  }

  /** @throws Problem `validation-failed` for a cursor that catalog did not make */
  products(query: ProductListQuery): Promise<ProductList> {
    return this.catalog.get('/products', { query, schema: productList, expects: ['validation-failed'] });
  }

  /** @throws Problem `out-of-stock`, `idempotency-key-reused`, `validation-failed` for an unknown product */
  placeOrder(
    request: OrderRequest,
    { principal, idempotencyKey }: { principal: string; idempotencyKey: string },
  ): Promise<Order> {
    return this.catalog.post('/orders', request, {
      schema: order,
      headers: { [PRINCIPAL]: principal, [IDEMPOTENCY_KEY]: idempotencyKey },
      idempotent: true,
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
