import { Injectable } from '@nestjs/common';
import type { Order, OrderRequest } from '@film-store/contracts';
import { CatalogClient, type OrderCaller, type PlacedOrder } from '../catalog/catalog.client.ts';
import { OrdersEnabledGuard } from './orders-enabled.guard.ts';

/** Places and reads orders in catalog. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly catalog: CatalogClient,
    // #region part: flags
    private readonly ordersEnabled: OrdersEnabledGuard,
    // #endregion part: flags
  ) {}

  /** @throws NotExecuted, or a Problem of `CatalogClient.placeOrder` */
  async place(request: OrderRequest, caller: OrderCaller): Promise<PlacedOrder> {
    // #region part: flags
    await this.ordersEnabled.assertEnabled();
    // #endregion part: flags
    return this.catalog.placeOrder(request, caller);
  }

  /** @throws Problem `not-found` */
  get(id: string, principal: string): Promise<Order> {
    return this.catalog.order(id, principal);
  }
}
