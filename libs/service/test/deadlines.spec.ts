import { once } from 'node:events';
import { type IncomingMessage, request as send } from 'node:http';
import { PassThrough } from 'node:stream';
import { Controller, Get, HttpCode, Module, Post, StreamableFile } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import '@film-store/contracts';
import { HealthModule, HealthRegistry } from '@film-store/health';
import { ClientDisconnected, requestContext } from '@film-store/core';
import { Problem, problemBody } from '@film-store/problem';
import { serviceConfig } from '../src/config.ts';
import { UseRoutePolicy } from '@film-store/http-server';
import { type Service, createService, defineService } from '../src/service.ts';

/** Lets the tests observe and control the handlers. */
let handled: number;
let entered: PromiseWithResolvers<AbortSignal>;
let outcome: PromiseWithResolvers<object>;
let finished: PromiseWithResolvers<void>;
let film: PassThrough;

const describeContext = () => {
  handled++;
  const { deadline, priority, retryAttempt, signal } = requestContext.get() ?? {};
  return { leftMs: deadline && deadline - performance.now(), priority, retryAttempt, ended: signal?.aborted };
};
const work = async () => {
  handled++;
  entered.resolve(requestContext.get()!.signal!);
  try {
    return await outcome.promise;
  } finally {
    setImmediate(finished.resolve);
  }
};

@Controller('films')
class FilmsController {
  @Get('slow')
  slow() {
    return work();
  }

  @Post('slow')
  @UseRoutePolicy({ budgetMs: 60_000 })
  buySlowly() {
    return work();
  }

  @Get('stream')
  stream() {
    entered.resolve(requestContext.get()!.signal!);
    return new StreamableFile(film);
  }

  @Get('critical')
  @UseRoutePolicy({ budgetMs: 60_000, priority: 'critical' })
  critical() {
    return describeContext();
  }

  @Get(':id')
  one() {
    return describeContext();
  }

  @Post()
  @HttpCode(200)
  add() {
    return describeContext();
  }
}

@Module({ imports: [HealthModule], controllers: [FilmsController] })
class FilmsModule {
  constructor(health: HealthRegistry) {
    health.register({
      name: 'context',
      critical: true,
      check: () => ({ deadline: requestContext.get()?.deadline ?? 'none' }),
    });
  }
}

const IN_A_MINUTE = { 'x-request-timeout-ms': '60000' };
/** Virtual time for deadlines. */
const stopTime = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

const films = (isPublic: boolean) =>
  defineService({
    name: 'films',
    config: serviceConfig({ port: 0 }),
    module: FilmsModule,
    trust: isPublic ? 'public' : 'internal',
    ...(isPublic && { docs: { title: 'Films', description: 'Films' } }),
  });

beforeEach(() => {
  handled = 0;
  entered = Promise.withResolvers();
  outcome = Promise.withResolvers();
  finished = Promise.withResolvers();
  film = new PassThrough();
});

const serve = (isPublic: boolean) => {
  let service: Service;
  let url = '';
  beforeAll(async () => {
    service = await createService(films(isPublic), { PORT: '0', LOG_LEVEL: 'silent' });
    url = await service.start();
  });
  afterAll(() => service.stop());
  return {
    url: () => url,
    logger: () => service.logger,
    get: async (path: string, headers: Record<string, string> = {}) => {
      const response = await fetch(url + path, { headers });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
  };
};

describe('an internal service', () => {
  const { url, logger, get } = serve(false);
  afterEach(() => {
    vi.useRealTimers();
    outcome.resolve({});
  });

  it('uses the deadline, the priority and the attempt of the caller', async () => {
    const { body } = await get('/films/alien', {
      'x-request-timeout-ms': '60000',
      'x-request-priority': 'sheddable',
      'x-retry-attempt': '0',
    });
    expect(body).toEqual({
      leftMs: expect.any(Number),
      priority: 'sheddable',
      retryAttempt: 0,
      ended: false,
    });
    expect(body.leftMs).toBeGreaterThan(1000);
    expect(body.leftMs).toBeLessThanOrEqual(60_000);
  });

  it('uses the policy of the route if the caller sends no headers', async () => {
    const [plain, critical] = [await get('/films/alien'), await get('/films/critical')];
    expect(plain.body).toMatchObject({ priority: 'normal' });
    expect(plain.body.leftMs).toBeLessThanOrEqual(1000);
    expect(critical.body).toMatchObject({ priority: 'critical' });
    expect(critical.body.leftMs).toBeGreaterThan(1000);
    expect(critical.body).not.toHaveProperty('retryAttempt');
  });

  it('keeps them in the context after it read a body', async () => {
    const response = await fetch(`${url()}/films`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-request-timeout-ms': '60000',
        'x-request-priority': 'critical',
        'x-retry-attempt': '2',
      },
      body: '{"title":"Alien"}',
    });
    expect(await response.json()).toEqual({
      leftMs: expect.any(Number),
      priority: 'critical',
      retryAttempt: 2,
      ended: false,
    });
  });

  it.each([
    ['x-request-timeout-ms', 'soon'],
    ['x-request-timeout-ms', '-1'],
    ['x-request-priority', 'urgent'],
    ['x-retry-attempt', 'x'],
  ])('rejects %s: %s, and the handler does not run', async (name, value) => {
    expect(await get('/films/alien', { [name]: value })).toMatchObject({
      status: 400,
      body: { code: 'validation-failed', detail: expect.stringContaining(name) },
    });
    expect(handled).toBe(0);
  });

  it('rejects a request whose deadline has passed, and the handler does not run', async () => {
    expect(await get('/films/alien', { 'x-request-timeout-ms': '0' })).toMatchObject({
      status: 504,
      body: { code: 'deadline-exceeded', retryable: true },
    });
    expect(handled).toBe(0);
  });

  it.each([
    ['its late response', () => outcome.resolve({ title: 'Alien' })],
    ['its late failure', () => outcome.reject(new Error('late'))],
    ['its own problem, late', () => outcome.reject(new Problem('out-of-stock'))],
  ])('responds 504 at the deadline and aborts the handler; %s is dropped', async (_, settle) => {
    stopTime();
    const error = vi.spyOn(logger(), 'error');
    const pendingResponse = fetch(`${url()}/films/slow`, { headers: IN_A_MINUTE });
    await entered.promise;
    vi.advanceTimersByTime(60_000);
    const response = await pendingResponse;
    expect(response.status).toBe(504);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(problemBody.parse(await response.json())).toMatchObject({
      code: 'deadline-exceeded',
      requestId: response.headers.get('x-request-id'),
    });
    expect((await entered.promise).reason).toMatchObject({ code: 'deadline-exceeded' });
    settle();
    await finished.promise;
    expect((await get('/films/alien')).status).toBe(200);
    expect(error).not.toHaveBeenCalled();
  });

  it('completes a response that began before the deadline', async () => {
    stopTime();
    film.write('Al');
    const response = await fetch(`${url()}/films/stream`, { headers: IN_A_MINUTE });
    const signal = await entered.promise;
    vi.advanceTimersByTime(60_000);
    expect(signal.aborted).toBe(true);
    film.end('ien');
    expect(await response.text()).toBe('Alien');
  });

  it('rejects a request whose body is incomplete at the deadline, and the handler does not run', async () => {
    const slow = send(`${url()}/films`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-timeout-ms': '300' },
    });
    slow.write('{"title":');
    const [response] = (await once(slow, 'response')) as [IncomingMessage];
    expect(response.resume().statusCode).toBe(408);
    slow.end('"Alien"}');
    await once(slow, 'close');
    expect((await get('/films/alien')).status).toBe(200);
    expect(handled).toBe(1);
  });

  it('aborts a read when its client leaves', async () => {
    const leaving = new AbortController();
    const response = fetch(`${url()}/films/slow`, {
      headers: { 'x-request-timeout-ms': '60000' },
      signal: leaving.signal,
    });
    const signal = await entered.promise;
    const ended = signal.aborted ? undefined : once(signal, 'abort');
    leaving.abort();
    await expect(response).rejects.toThrow();
    await ended;
    expect(signal.reason).toBeInstanceOf(ClientDisconnected);
  });

  it('continues a write when its client leaves', async () => {
    const leaving = send(`${url()}/films/slow`, { method: 'POST' });
    const left = new Promise((resolve) => leaving.on('error', resolve));
    leaving.end();
    const signal = await entered.promise;
    leaving.destroy();
    await left;
    // A response to another client shows that the service has noticed the disconnect.
    await get('/films/alien');
    outcome.resolve({});
    await finished.promise;
    expect(signal.aborted).toBe(false);
  });

  it('aborts a write at its deadline, although its client has left', async () => {
    stopTime();
    const leaving = send(`${url()}/films/slow`, { method: 'POST', headers: IN_A_MINUTE });
    const left = new Promise((resolve) => leaving.on('error', resolve));
    leaving.end();
    const signal = await entered.promise;
    leaving.destroy();
    await left;
    // A response to another client shows that the service has noticed the disconnect.
    await get('/films/alien');
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(60_000);
    expect(signal.reason).toMatchObject({ code: 'deadline-exceeded' });
  });

  it('does not report a missed deadline for a write that ended in time', async () => {
    stopTime();
    const warn = vi.spyOn(logger(), 'warn');
    const leaving = send(`${url()}/films/slow`, { method: 'POST' });
    const left = new Promise((resolve) => leaving.on('error', resolve));
    leaving.end();
    const signal = await entered.promise;
    leaving.destroy();
    await left;
    await get('/films/alien');
    outcome.resolve({});
    await finished.promise;
    vi.advanceTimersByTime(60_000);
    expect(signal.aborted).toBe(false);
    expect(warn).not.toHaveBeenCalled();
  });

  it('ignores deadlines and headers of probes', async () => {
    expect(
      await get('/health/ready', { 'x-request-timeout-ms': '0', 'x-request-priority': 'urgent' }),
    ).toMatchObject({ status: 200, body: { details: { context: { deadline: 'none' } } } });
  });
});

describe('a public service', () => {
  const { get } = serve(true);

  it.each(['soon', '-1', '99999999999', '60000'])(
    'uses the deadline of the route if a client requests %s ms',
    async (requested) => {
      const { body } = await get('/films/alien', { 'x-request-timeout-ms': requested });
      expect(body.leftMs).toBeLessThanOrEqual(1000);
    },
  );

  it('accepts a shorter deadline of a client', async () => {
    const { body } = await get('/films/critical', { 'x-request-timeout-ms': '20000' });
    expect(body.leftMs).toBeLessThanOrEqual(20_000);
    expect((await get('/films/critical', { 'x-request-timeout-ms': '0' })).body.code).toBe(
      'deadline-exceeded',
    );
  });

  it('ignores the priority and the attempt of a client', async () => {
    const claims = { 'x-request-priority': 'critical', 'x-retry-attempt': '1' };
    const { body } = await get('/films/alien', claims);
    expect(body).toMatchObject({ priority: 'normal' });
    expect(body).not.toHaveProperty('retryAttempt');
    expect((await get('/films/critical', { 'x-request-priority': 'sheddable' })).body).toMatchObject({
      priority: 'critical',
    });
  });

  it('serves the documentation without a deadline, and documents the header', async () => {
    const { status, body } = await get('/docs/openapi.json', { 'x-request-timeout-ms': '0' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      paths: {
        '/films/critical': { get: { parameters: [{ $ref: '#/components/parameters/RequestTimeout' }] } },
      },
      components: { parameters: { RequestTimeout: { name: 'x-request-timeout-ms', in: 'header' } } },
    });
  });
});
