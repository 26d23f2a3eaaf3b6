/*
 * The gateway of Nest's documentation: Express, HttpModule, HttpService and firstValueFrom. Node strips types but no
 * decorators, so this file is compiled before it runs.
 */
import 'reflect-metadata';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Controller, Get, Injectable, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { firstValueFrom } from 'rxjs';
import type { ProductDetail, ProductPage, Recommendations } from '@film-store/contracts';

const { CATALOG_URL, RECOMMENDATIONS_URL, PORT = '' } = process.env;

@Injectable()
class ProductsService {
  constructor(private readonly http: HttpService) {}

  async page(id: string): Promise<ProductPage> {
    const [{ data: detail }, { data: recommended }] = await Promise.all([
      firstValueFrom(this.http.get<ProductDetail>(`${CATALOG_URL}/products/${id}`)),
      firstValueFrom(
        this.http.get<Recommendations>(`${RECOMMENDATIONS_URL}/recommendations`, {
          params: { productId: id, limit: 6 },
        }),
      ),
    ]);
    return {
      product: detail.product,
      availability: { ...detail.availability, stale: false },
      recommendations: { items: recommended.items, source: 'personalized', degraded: false },
      degraded: [],
    };
  }
}

@Controller('api/products')
class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Get(':id')
  page(@Param('id') id: string): Promise<ProductPage> {
    return this.products.page(id);
  }
}

@Module({ imports: [HttpModule], controllers: [ProductsController], providers: [ProductsService] })
class AppModule {}

const app = await NestFactory.create(AppModule);
await app.listen(PORT, '127.0.0.1');
