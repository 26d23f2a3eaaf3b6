import { Injectable } from '@nestjs/common';
import type { Order, OrderRequest } from '@film-store/contracts';
import { CatalogClient, type OrderCaller, type PlacedOrder } from '../catalog/catalog.client.ts';
import { OrdersEnabledGuard } from './orders-enabled.guard.ts';

/** Places and reads orders in catalog. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly catalog: CatalogClient,
    private readonly ordersEnabled: OrdersEnabledGuard,
  ) {}

  /** @throws NotExecuted `unavailable` while new orders are disabled, or a Problem of `CatalogClient.placeOrder` */
  async place(request: OrderRequest, caller: OrderCaller): Promise<PlacedOrder> {
    await this.ordersEnabled.assertEnabled();
    return this.catalog.placeOrder(request, caller);
  }

  /** @throws Problem `not-found` */
  get(id: string, principal: string): Promise<Order> {
    return this.catalog.order(id, principal);
  }
}
