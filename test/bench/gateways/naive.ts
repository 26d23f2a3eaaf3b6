/*
 * The gateway of Nest's documentation: Express, HttpModule, HttpService, firstValueFrom and Terminus. The
 * environment adds what teams add after an incident: a timeout, more attempts, a limit of sockets. Node strips types
 * but no decorators, so this file is compiled before it runs.
 */
import 'reflect-metadata';
import { Agent } from 'node:http';
import { HttpModule, HttpService } from '@nestjs/axios';
import { Body, Controller, Get, Headers, Injectable, Module, Param, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheck, HealthCheckService, HttpHealthIndicator, TerminusModule } from '@nestjs/terminus';
import { firstValueFrom, retry } from 'rxjs';
import type {
  Home,
  Order,
  OrderRequest,
  ProductDetail,
  ProductList,
  Recommendations,
} from '@film-store/contracts';
import type { ProductPage } from './product-page.ts';

const { CATALOG_URL = '', PORT = '' } = process.env;
// #region part: recommendations
const { RECOMMENDATIONS_URL = '' } = process.env;
// #endregion part: recommendations
const TIMEOUT_MS = Number(process.env['TIMEOUT_MS'] ?? 0);
const RETRIES = Number(process.env['RETRIES'] ?? 0);
const MAX_SOCKETS = Number(process.env['MAX_SOCKETS'] ?? 0);

@Injectable()
class ProductsService {
  constructor(private readonly http: HttpService) {}

  async page(id: string): Promise<ProductPage> {
    const detail = this.get<ProductDetail>(`${CATALOG_URL}/products/${id}`);
    // #region part: recommendations
    const recommended = this.get<Recommendations>(`${RECOMMENDATIONS_URL}/recommendations`, {
      productId: id,
      limit: 6,
    });
    await Promise.all([detail, recommended]);
    // #endregion part: recommendations
    const { product, availability } = await detail;
    return {
      product,
      availability: { ...availability, stale: false },
      // #region part: recommendations
      recommendations: { items: (await recommended).items, source: 'personalized', degraded: false },
      // #endregion part: recommendations
      degraded: [],
    };
  }

  async list(q: string): Promise<ProductList> {
    return this.get<ProductList>(`${CATALOG_URL}/products`, { q });
  }

  async home(): Promise<Home> {
    const { items } = await this.get<ProductList>(`${CATALOG_URL}/products`, { limit: 12 });
    return { featured: { items, source: 'popular', degraded: false }, degraded: [] };
  }

  /** Catalog requires both headers. */
  async order(request: OrderRequest, key: string | undefined): Promise<Order> {
    const headers = { 'idempotency-key': key, 'x-principal': 'anonymous' };
    const { data } = await firstValueFrom(
      this.http.post<Order>(`${CATALOG_URL}/orders`, request, { headers }),
    );
    return data;
  }

  private async get<T>(url: string, params: object = {}): Promise<T> {
    const { data } = await firstValueFrom(this.http.get<T>(url, { params }).pipe(retry(RETRIES)));
    return data;
  }
}

@Controller('api')
class StoreController {
  constructor(private readonly products: ProductsService) {}

  @Get('home')
  home(): Promise<Home> {
    return this.products.home();
  }

  @Get('products')
  list(@Query('q') q: string): Promise<ProductList> {
    return this.products.list(q);
  }

  @Get('products/:id')
  page(@Param('id') id: string): Promise<ProductPage> {
    return this.products.page(id);
  }

  @Post('orders')
  order(@Body() request: OrderRequest, @Headers('idempotency-key') key: string | undefined): Promise<Order> {
    return this.products.order(request, key);
  }
}

@Controller('health')
class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly http: HttpHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([
      () => this.http.pingCheck('catalog', CATALOG_URL),
      // #region part: recommendations
      () => this.http.pingCheck('recommendations', RECOMMENDATIONS_URL),
      // #endregion part: recommendations
    ]);
  }
}

@Module({
  imports: [
    HttpModule.register({
      timeout: TIMEOUT_MS,
      ...(MAX_SOCKETS > 0 && {
        httpAgent: new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS }),
      }),
    }),
    TerminusModule,
  ],
  controllers: [StoreController, HealthController],
  providers: [ProductsService],
})
class AppModule {}

const app = await NestFactory.create(
  AppModule,
  process.env['LOG_LEVEL'] === 'silent' ? { logger: false } : {},
);
await app.listen(PORT, '127.0.0.1');
