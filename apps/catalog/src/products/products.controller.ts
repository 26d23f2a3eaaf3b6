import { Controller, Get, Param, Query } from '@nestjs/common';
import {
  type Availability,
  type ProductDetail,
  type ProductList,
  type ProductListQuery,
  productId,
  productListQuery,
} from '@film-store/contracts';
import { UseRoutePolicy } from '@film-store/http-server';
import { ProductsService } from './products.service.ts';

/** Lets other services read all films in a few pages. */
const MAX_PAGE = 500;

/** A search waits longer for the database than other reads. They must not lose their permits to it. */
const isSearch = (url: string): boolean => /[?&]q=/.test(url);

@Controller('products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Get()
  @UseRoutePolicy({ isSheddable: isSearch })
  list(@Query({ schema: productListQuery(MAX_PAGE) }) query: ProductListQuery): Promise<ProductList> {
    return this.products.list(query);
  }

  @Get(':id')
  get(@Param('id', { schema: productId }) id: string): Promise<ProductDetail> {
    return this.products.get(id);
  }

  @Get(':id/availability')
  availability(@Param('id', { schema: productId }) id: string): Promise<Availability> {
    return this.products.availability(id);
  }
}
