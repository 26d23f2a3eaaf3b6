import { randomUUID } from 'node:crypto';
import {
  ConsoleLogger,
  Controller,
  type DynamicModule,
  type INestApplication,
  Module,
  Post,
  Req,
} from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { LoggerModule } from 'nestjs-pino';
import { pinoHttp } from 'pino-http';
import { describe, expect, it } from 'vitest';
import { IDEMPOTENCY_KEY } from '@film-store/core';
import type { HttpRequest } from '../src/http-exchange.ts';
import { IdempotencyModule } from '../src/idempotency.module.ts';
import { Idempotent } from '../src/idempotent.decorator.ts';
import { memoryStore } from '../src/memory-store.ts';

@Controller()
class OrdersController {
  @Post('orders')
  @Idempotent()
  order(@Req() { headers }: HttpRequest) {
    return { hasKey: headers[IDEMPOTENCY_KEY] !== undefined };
  }

  @Post('fails')
  @Idempotent()
  fails() {
    throw new Error('a defect');
  }
}

/** Creates a module with these modules beside that of the library. */
function withModules(...modules: DynamicModule[]): DynamicModule {
  @Module({})
  class AppModule {}
  return {
    module: AppModule,
    imports: [
      ...modules,
      IdempotencyModule.forRoot({ store: memoryStore(), secret: 'a secret of thirty-two characters' }),
    ],
    controllers: [OrdersController],
  };
}

/** Nest's console logger, which writes to `lines`. */
class ObservedLogger extends ConsoleLogger {
  protected override formatMessage(...args: Parameters<ConsoleLogger['formatMessage']>): string {
    lines.push(super.formatMessage(...args));
    return '';
  }
}

/** Logged by all applications of this file: nestjs-pino has one logger in a process. */
const lines: string[] = [];
const pinoStream = { write: (line: string) => void lines.push(line) };

type CreateApp = (adapter: AbstractHttpAdapter) => Promise<INestApplication>;

const loggers: Readonly<Record<string, CreateApp>> = {
  'nestjs-pino': (adapter) =>
    NestFactory.create(
      withModules(LoggerModule.forRoot({ pinoHttp: [{ level: 'trace' }, pinoStream] })),
      adapter,
      { logger: false },
    ),
  async 'pino-http as middleware'(adapter) {
    const app = await NestFactory.create(withModules(), adapter, { logger: false });
    app.use(pinoHttp({ level: 'trace' }, pinoStream));
    return app;
  },
  async 'Nest’s console logger, of whole requests'(adapter) {
    const logger = new ObservedLogger();
    const app = await NestFactory.create(withModules(), adapter, { logger });
    app.use((request: HttpRequest, _: unknown, next: () => void) => {
      logger.log(request);
      logger.log(request.headers);
      logger.log(JSON.stringify(request.headers));
      next();
    });
    return app;
  },
};

describe.each<[string, () => AbstractHttpAdapter]>([
  ['Fastify', () => new FastifyAdapter()],
  ['Express', () => new ExpressAdapter()],
])('on %s no key is in the log of', (_, createAdapter) => {
  it.each(Object.keys(loggers))('%s', async (name) => {
    lines.length = 0;
    const app = await loggers[name]!(createAdapter());
    app.setGlobalPrefix('api');
    try {
      await app.listen(0, '127.0.0.1');
      const key = randomUUID();
      const post = async (path: string, headers: Record<string, string>) =>
        fetch(`${await app.getUrl()}/api/${path}`, {
          method: 'POST',
          headers: { 'x-other': 'logged', ...headers },
        });
      expect(await (await post('orders', { 'Idempotency-Key': key })).json()).toEqual({ hasKey: true });
      expect((await post('orders', { 'Idempotency-Key': key })).status).toBe(201);
      expect((await post('fails', { 'Idempotency-Key': key })).status).toBe(500);
      expect((await post('orders', { 'Idempotency-Key': `${key},${key}` })).status).toBe(400);
      await expect.poll(() => lines.join('')).toContain('x-other');
      expect(lines.join('')).not.toContain(key);
    } finally {
      await app.close();
    }
  });
});
