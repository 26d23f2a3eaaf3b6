/*
 * A service like catalog, with the same platform and routes, but with a timer as its database: it handles 8 requests at
 * a time, 80 ms each, which is 100 per second on any machine. Node strips types but no decorators, so this file is
 * compiled before it runs.
 */
import { randomUUID } from 'node:crypto';
import underPressure from '@fastify/under-pressure';
import { Body, Controller, Get, Headers, Module, type OnModuleInit, Param, Post } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import {
  type Order,
  type OrderRequest,
  type ProductDetail,
  type ProductList,
  orderRequest,
} from '@film-store/contracts';
import { IDEMPOTENCY_KEY, requestContext } from '@film-store/core';
import { UseRoutePolicy } from '@film-store/http-server';
import { defineService, runService, serviceConfig } from '@film-store/service';

const AT_A_TIME = 8;
const WORK_MS = 80;

const PRICE = { amount: 999, currency: 'EUR' };
const UNKNOWN = {
  genre: null,
  creativeType: null,
  source: null,
  director: null,
  distributor: null,
  releaseDate: null,
  mpaaRating: null,
  runningTimeMin: null,
};

/** `normal` gives orders the priority of reads. */
const ORDER_PRIORITY = process.env['ORDER_PRIORITY'] === 'normal' ? 'normal' : 'critical';

/** Times of all requests, also of rejected ones, in milliseconds since 1970. */
const arrivals: number[] = [];
/** Keys of the placed orders, by product. A request without a key is an order of its own. */
const placed = new Map<string, Set<string>>();

let working = 0;
const waiting = new Set<() => void>();

/**
 * First come, first served, like a connection pool. Waiters leave when their time is over or their client disconnects.
 */
async function work(): Promise<void> {
  const { signal } = requestContext.get() ?? {};
  if (working < AT_A_TIME) working += 1;
  else await turn(signal);
  await new Promise((resolve) => setTimeout(resolve, WORK_MS));
  const [next] = waiting;
  if (next) next();
  else working -= 1;
}

function turn(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      waiting.delete(enter);
      reject(signal?.reason as Error);
    };
    const enter = (): void => {
      waiting.delete(enter);
      signal?.removeEventListener('abort', leave);
      resolve();
    };
    waiting.add(enter);
    signal?.addEventListener('abort', leave, { once: true });
  });
}

@Controller()
class ShopController {
  @Get('products')
  async products(): Promise<ProductList> {
    await work();
    return { items: [], nextCursor: null };
  }

  @Get('products/:id')
  async product(@Param('id') id: string): Promise<ProductDetail> {
    await work();
    return {
      product: { id, title: id, ...UNKNOWN, imdb: { rating: null, votes: null }, price: PRICE },
      availability: { inStock: true, quantity: 7, lastUpdated: '2026-01-01T00:00:00.000Z' },
    };
  }

  /** Reports the requests since the start. */
  @Get('received')
  received() {
    return {
      arrivals,
      placed: Object.fromEntries([...placed].map(([product, keys]) => [product, keys.size])),
    };
  }

  @Post('orders')
  @UseRoutePolicy({ budgetMs: 5000, priority: ORDER_PRIORITY })
  async order(
    @Headers(IDEMPOTENCY_KEY) key: string | undefined,
    @Body({ schema: orderRequest }) { items }: OrderRequest,
  ): Promise<Order> {
    await work();
    const product = items[0]?.productId ?? '';
    placed.set(product, (placed.get(product) ?? new Set<string>()).add(key ?? randomUUID()));
    return {
      id: randomUUID(),
      status: 'confirmed',
      items: items.map((item) => ({ ...item, unitPrice: PRICE })),
      total: PRICE,
      createdAt: new Date().toISOString(),
    };
  }
}

@Module({ controllers: [ShopController] })
class ShopModule implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost<FastifyAdapter>) {}

  /**
   * Event-loop thresholds of its README, with our delay. Its memory thresholds would reject an idle Nest application.
   */
  async onModuleInit(): Promise<void> {
    const { server } = this.host.httpAdapter.getInstance();
    server.on('request', () => arrivals.push(performance.timeOrigin + performance.now()));
    if (process.env['UNDER_PRESSURE'] !== 'true') return;
    const options = { maxEventLoopDelay: 100, maxEventLoopUtilization: 0.98 };
    await this.host.httpAdapter.getInstance().register(underPressure, options);
  }
}

await runService(
  defineService({ name: 'catalog', config: serviceConfig({ port: 3001 }), module: ShopModule }),
);
