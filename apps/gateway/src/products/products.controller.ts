import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type ProductIndex,
  type ProductListQuery,
  type ProductPage,
  productId,
  productIndex,
  productListQuery,
  productPage,
} from '@film-store/contracts';
import { UseRoutePolicy } from '@film-store/http-server';
import { ApiSuccess, ApiProblems } from '../api/api-responses.ts';
import { LIST_MAX_STALE_MS, PAGE_MAX_STALE_MS, ProductsService } from './products.service.ts';

const MAX_LIMIT = 100;

@ApiTags('storefront')
@Controller('api/products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Get()
  @UseRoutePolicy({ maxStaleMs: LIST_MAX_STALE_MS })
  @ApiOperation({ summary: 'List films, most popular first' })
  @ApiSuccess(200, productIndex, { degradable: true })
  @ApiProblems('validation-failed')
  list(@Query({ schema: productListQuery(MAX_LIMIT) }) query: ProductListQuery): Promise<ProductIndex> {
    return this.products.list(query);
  }

  @Get(':id')
  @UseRoutePolicy({ maxStaleMs: PAGE_MAX_STALE_MS })
  @ApiOperation({ summary: 'Get a film with its availability and the optional parts of its page' })
  @ApiSuccess(200, productPage, { degradable: true })
  @ApiProblems('validation-failed', 'not-found')
  page(@Param('id', { schema: productId }) id: string): Promise<ProductPage> {
    return this.products.page(id);
  }
}
