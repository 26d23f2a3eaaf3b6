import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Module,
  Post,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PinoLogger } from 'nestjs-pino';
import { pino } from 'pino';
import { afterAll, beforeAll } from 'vitest';
import { z } from 'zod';
import { UseRoutePolicy } from '@film-store/http-server';
import {
  DerivedIdempotencyKey,
  IdempotencyModule,
  type IdempotencyStore,
  Idempotent,
} from '@film-store/idempotency';
import { Problem, type ProblemCode } from '@film-store/problem';
import { recordId } from '../../../idempotency/src/record-id.ts';
import '../../../idempotency/test/seat-taken.ts';
import { type Service, createService, defineService, serviceConfig } from '../../src/index.ts';

export const SECRET = 'a secret of thirty-two characters';
/** Longer than any test holds an order. */
export const BUDGET_MS = 120_000;

/** Records of the handlers of all shops of a spec file. */
export const recorded = {
  /** Derived keys of all runs of a handler, by the request's `name`. */
  runs: new Map<string, string[]>(),
  /** Promises that hold a handler, by the request's `name`. */
  gates: new Map<string, Promise<unknown>>(),
  /** All log lines: nestjs-pino has one logger per process. */
  lines: [] as string[],
};

const orderBody = z.strictObject({
  name: z.string().min(1),
  price: z.number().optional(),
  tags: z.array(z.string()).optional(),
  fail: z.string().optional(),
});
type OrderBody = z.infer<typeof orderBody>;

class PrincipalGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { authorization } = context.switchToHttp().getRequest().headers;
    if (authorization === 'revoked') throw new Problem('unauthorized');
    return authorization !== 'forbidden';
  }
}

@Controller()
@UseGuards(PrincipalGuard)
class ShopController {
  @Post('orders')
  @Idempotent()
  @UseRoutePolicy({ budgetMs: BUDGET_MS })
  async order(
    @Body({ schema: orderBody }) { name, fail }: OrderBody,
    @DerivedIdempotencyKey() key: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const runs = recorded.runs.get(name) ?? [];
    recorded.runs.set(name, [...runs, key]);
    await recorded.gates.get(name);
    if (fail === 'a bug') throw new Error('a bug');
    if (fail === 'too often' && runs.length === 0) throw new Problem('unavailable', { status: 429 });
    if (fail !== undefined && fail !== 'too often' && runs.length === 0)
      throw new Problem(fail as ProblemCode);
    const id = randomUUID();
    void reply.headers({
      location: `/orders/${id}`,
      etag: '"1"',
      link: '</orders>; rel="collection"',
      'set-cookie': 'a=b',
      date: 'Thu, 01 Jan 1970 00:00:00 GMT',
    });
    return { id, name };
  }

  @Post('refunds')
  @Idempotent()
  refund(@Body({ schema: orderBody }) { name }: OrderBody) {
    return { refund: randomUUID(), name };
  }

  @Post('large')
  @Idempotent()
  large(@Body({ schema: orderBody }) { name }: OrderBody, @DerivedIdempotencyKey() key: string) {
    recorded.runs.set(name, [...(recorded.runs.get(name) ?? []), key]);
    return { name, text: 'x'.repeat(1024 * 1024) };
  }

  @Post('binary')
  @Idempotent()
  binary(@Res({ passthrough: true }) reply: FastifyReply): Buffer {
    void reply.header('content-type', 'image/png').header('content-encoding', 'gzip');
    return gzipSync(Buffer.from([0x89, 0x00, 0xff, 0x0a, ...Buffer.from(randomUUID())]));
  }

  @Get('orders')
  list() {
    return { at: randomUUID() };
  }
}

export interface ShopOptions {
  readonly store: IdempotencyStore;
  readonly whenStoreFails?: 'proceed' | 'reject';
}

export function shopService({ store, whenStoreFails = 'proceed' }: ShopOptions): Promise<Service> {
  @Module({
    imports: [
      IdempotencyModule.forRootAsync({
        inject: [PinoLogger],
        useFactory: (logger: PinoLogger) => ({
          store,
          secret: SECRET,
          whenStoreFails,
          logger,
          documentationUrl: '/docs',
          principal: ({ headers }) => headers.authorization ?? 'anonymous',
        }),
      }),
    ],
    controllers: [ShopController],
  })
  class ShopModule {}
  const config = serviceConfig({ port: 0 });
  return createService(defineService({ name: 'shop', config, module: ShopModule, trust: 'public' }), {
    PORT: '0',
    // These tests send many requests at once, which must not be shed.
    OVERLOAD_STRATEGY: 'off',
  });
}

/** A shop with real sockets, from before the surrounding specs until after them. */
export function openShop(options: () => ShopOptions) {
  let service: Service;
  let url = '';
  beforeAll(async () => {
    service = await shopService(options());
    const stream = (service.logger as unknown as Record<symbol, object>)[pino.symbols.streamSym] as {
      write: (line: string) => void;
    };
    stream.write = (line) => void recorded.lines.push(line);
    url = await service.start();
  });
  afterAll(() => service.stop());

  return {
    url: () => url,
    post: async (path: string, key: string, body: unknown, headers: Record<string, string> = {}) => {
      const response = await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        text,
        replayed: response.headers.get('idempotent-replayed') === 'true',
        code: response.status < 400 ? undefined : (JSON.parse(text) as { code: string }).code,
      };
    },
  };
}

/** Returns the record id of an anonymous order. */
export const getId = (key: string): string =>
  recordId(SECRET, { principal: 'anonymous', method: 'POST', route: '/orders', key });

/** Returns the log lines with an event. */
export const logged = (event: string): string[] =>
  recorded.lines.filter((line) => line.includes(`"event":"${event}"`));

/** Creates a new request, and reads the records of its handler. */
export function newOrder(fail?: ProblemCode | 'a bug' | 'too often') {
  const name = randomUUID();
  return {
    key: randomUUID(),
    body: { name, ...(fail && { fail }) },
    runs: () => recorded.runs.get(name)?.length ?? 0,
    derivedKeys: () => recorded.runs.get(name) ?? [],
    /** Keeps the handler from ending until the returned function is called. */
    hold: (): (() => void) => {
      const gate = Promise.withResolvers<void>();
      recorded.gates.set(name, gate.promise);
      return gate.resolve;
    },
  };
}
