import { Controller, Get, Param, Query } from '@nestjs/common';
import {
  type Availability,
  type ProductDetail,
  type ProductList,
  type ProductListQuery,
  productId,
  productListQuery,
} from '@film-store/contracts';
import { DatabaseConnection } from '../database/database-connection.ts';
import { getAvailability, getProduct } from './products.service.ts';
import { listProducts } from './products.repository.ts';

/** Large enough for a reader that wants all films in a few pages. */
const MAX_PAGE = 500;

@Controller('products')
export class ProductsController {
  constructor(private readonly database: DatabaseConnection) {}

  @Get()
  list(@Query({ schema: productListQuery(MAX_PAGE) }) query: ProductListQuery): Promise<ProductList> {
    return this.database.execute((db) => listProducts(db, query), { summary: 'SELECT films' });
  }

  @Get(':id')
  get(@Param('id', { schema: productId }) id: string): Promise<ProductDetail> {
    return this.database.execute((db) => getProduct(db, id), { summary: 'SELECT films stock' });
  }

  @Get(':id/availability')
  availability(@Param('id', { schema: productId }) id: string): Promise<Availability> {
    return this.database.execute((db) => getAvailability(db, id), { summary: 'SELECT stock' });
  }
}
