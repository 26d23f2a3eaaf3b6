import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
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
  constructor(private readonly service: ProductsService) {}

  @Get()
  @UseRoutePolicy({ maxStaleMs: LIST_MAX_STALE_MS })
  @ApiOperation({ summary: 'Films, most popular first, by page' })
  @ApiSuccess(200, productIndex, { degradable: true })
  @ApiProblems('validation-failed')
  list(@Query({ schema: productListQuery(MAX_LIMIT) }) query: ProductListQuery): Promise<ProductIndex> {
    return this.service.list(query);
  }

  @Get(':id')
  @UseRoutePolicy({ maxStaleMs: PAGE_MAX_STALE_MS })
  @ApiOperation({ summary: 'One film with its availability and recommendations' })
  @ApiSuccess(200, productPage, { degradable: true })
  @ApiProblems('validation-failed', 'not-found')
  page(@Param({ schema: z.object({ id: productId }) }) { id }: { id: string }): Promise<ProductPage> {
    return this.service.page(id);
  }
}
