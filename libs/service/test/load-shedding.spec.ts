import { Agent, request as send } from 'node:http';
import { connect } from 'node:net';
import { Controller, Get, Header, HttpCode, Module, Param, Post } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { problemBody } from '@film-store/problem';
import { requestContext } from '@film-store/core';
import { serviceConfig } from '../src/config.ts';
import { UseRoutePolicy } from '@film-store/http-server';
import { type Service, createService, defineService } from '../src/service.ts';

/** Responds when the test lets it, in the order of the requests, or at once. */
let isBusy: boolean;
const running: (() => void)[] = [];
async function work() {
  if (isBusy) await new Promise<void>((resolve) => running.push(resolve));
  return { priority: requestContext.get()?.priority };
}

let held: PromiseWithResolvers<void>;

@Controller()
class FilmsController {
  @Get('films')
  @UseRoutePolicy({ budgetMs: 60_000 })
  films() {
    return work();
  }

  @Post('orders')
  @UseRoutePolicy({ budgetMs: 60_000, priority: 'critical' })
  order() {
    return work();
  }

  @Get('broken')
  broken() {
    throw new Error('broken');
  }

  @Get('degraded')
  @Header('x-degraded', 'offers;reason=timeout;source=none')
  degraded() {
    return {};
  }

  @Get('held/:id')
  @UseRoutePolicy({ budgetMs: 60_000 })
  async hold(@Param('id') id: string) {
    await held.promise;
    return { id };
  }

  @Post('held')
  @HttpCode(200)
  holdToo() {
    return this.hold('');
  }
}

@Module({ controllers: [FilmsController] })
class FilmsModule {}

let service: Service;
const start = async (env: NodeJS.ProcessEnv = {}): Promise<string> => {
  held = Promise.withResolvers();
  isBusy = false;
  service = await createService(
    defineService({ name: 'films', config: serviceConfig({ port: 0 }), module: FilmsModule }),
    { PORT: '0', LOG_LEVEL: 'silent', ...env },
  );
  return service.start();
};
afterEach(async () => {
  held.resolve();
  await service.stop();
});

const onePlace = { OVERLOAD_STRATEGY: 'fixed', OVERLOAD_LIMIT_INITIAL: '1', OVERLOAD_QUEUE: '0' };
const loadShedding = async (url: string) =>
  ((await (await fetch(`${url}/ops/resilience`)).json()) as { loadShedding: { inFlight: number } })
    .loadShedding;
/** Waits until so many requests are in flight. */
const inFlight = async (url: string, count: number): Promise<void> => {
  await expect.poll(async () => (await loadShedding(url)).inFlight).toBe(count);
};

describe('ten times the capacity of a service', () => {
  it('serves critical requests, probes and operators, and sheds the others', async () => {
    const url = await start();
    isBusy = true;
    const responses: { critical: boolean; status: number; response: Response }[] = [];
    const sent: Promise<unknown>[] = [];
    const probes: number[] = [];
    for (let each = 0; each < 2000; each++) {
      // The service can handle one in ten requests, on any machine.
      if (each % 10 === 0) {
        running.shift()?.();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      const critical = each % 20 === 0;
      const pendingResponse = fetch(`${url}/${critical ? 'orders' : 'films'}`, {
        method: critical ? 'POST' : 'GET',
      });
      sent.push(
        pendingResponse.then((response) => responses.push({ critical, status: response.status, response })),
      );
      if (each % 500 === 250) {
        const paths = ['health/live', 'health/ready', 'health/deep', 'ops/resilience'];
        sent.push(...paths.map((path) => fetch(`${url}/${path}`).then(({ status }) => probes.push(status))));
      }
    }
    isBusy = false;
    const idle = setInterval(() => running.shift()?.(), 1);
    await Promise.all(sent);
    clearInterval(idle);
    const withStatus = (status: number, critical: boolean) =>
      responses.filter((each) => each.status === status && each.critical === critical);
    expect(withStatus(201, true)).toHaveLength(100);
    expect(probes).toEqual(Array.from({ length: 16 }, () => 200));
    const shed = withStatus(503, false);
    expect(shed.length).toBeGreaterThan(1000);
    expect(withStatus(200, false).length).toBeGreaterThan(50);
    const { response } = shed[0]!;
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(problemBody.parse(await response.json())).toMatchObject({
      status: 503,
      code: 'overloaded',
      retryable: true,
      requestId: response.headers.get('x-request-id'),
    });
    expect(new Set(shed.map((each) => each.response.headers.get('retry-after')))).toEqual(
      new Set(['1', '2', '3']),
    );
    expect(await loadShedding(url)).toMatchObject({
      strategy: 'adaptive',
      inFlight: 0,
      queued: 0,
      admitted: { critical: 100 },
      uncontendedRttMs: expect.any(Number),
    });
  });
});

describe('a shed request', () => {
  it('gets no access line; the start and the end of an overload are logged', async () => {
    const url = await start(onePlace);
    const info = vi.spyOn(service.logger, 'info');
    const warn = vi.spyOn(service.logger, 'warn');
    void fetch(`${url}/held/1`);
    await inFlight(url, 1);
    info.mockClear();
    for (let each = 0; each < 5; each++) expect((await fetch(`${url}/held/2`)).status).toBe(503);
    expect(info).not.toHaveBeenCalled();
    expect(warn.mock.calls.map(([line]) => line)).toEqual([{ event: 'overload.started' }]);
    held.resolve();
    await service.stop();
    expect(info).toHaveBeenCalledWith({ event: 'overload.ended', rejected: 5 }, expect.any(String));
  });

  it.each([
    ['keeps the connection of a small body', 1000, 'keep-alive'],
    ['closes the connection of one that is too large', 70_000, 'close'],
  ])('%s, unread', async (_, bytes, connection) => {
    const url = await start(onePlace);
    void fetch(`${url}/held/1`);
    await inFlight(url, 1);
    const agent = new Agent({ keepAlive: true });
    const response = await new Promise<string | undefined>((resolve, reject) => {
      send(`${url}/held`, { method: 'POST', agent, headers: { 'content-length': bytes } }, (response) => {
        response.resume().on('end', () => resolve(response.headers.connection));
      })
        .on('error', reject)
        .end('x'.repeat(bytes));
    });
    expect(response).toBe(connection);
    agent.destroy();
  });
});

describe('a permit', () => {
  it('trap 2: is held past the deadline until the handler has settled', async () => {
    const url = await start(onePlace);
    const late = await fetch(`${url}/held/1`, { headers: { 'x-request-timeout-ms': '100' } });
    expect(late.status).toBe(504);
    expect((await fetch(`${url}/held/2`)).status).toBe(503);
    held.resolve();
    await inFlight(url, 0);
    expect((await fetch(`${url}/held/3`)).status).toBe(200);
  });

  it('trap 2: is held when the client has left until the handler has settled', async () => {
    const url = await start(onePlace);
    const leaving = new AbortController();
    const left = fetch(`${url}/held/1`, { signal: leaving.signal });
    await inFlight(url, 1);
    leaving.abort();
    await expect(left).rejects.toThrow();
    expect((await fetch(`${url}/held/2`)).status).toBe(503);
    held.resolve();
    await inFlight(url, 0);
  });

  it('is released with the socket when a CONNECT follows pipelined requests', async () => {
    const url = await start({ ...onePlace, OVERLOAD_LIMIT_INITIAL: '20' });
    const { hostname, port } = new URL(url);
    const pipelined = 'GET /held/1 HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(10);
    const leaving = connect(Number(port), hostname).on('error', () => undefined);
    leaving.end(`${pipelined}CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n`);
    await inFlight(url, 10);
    held.resolve();
    await expect.poll(async () => (await loadShedding(url)).inFlight).toBe(0);
  });

  it('is released if the handler never ran, or failed at once', async () => {
    const url = await start(onePlace);
    expect((await fetch(`${url}/held`, { method: 'DELETE' })).status).toBe(405);
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
    expect((await fetch(`${url}/held`, { method: 'POST', body: 'text' })).status).toBe(415);
    expect((await fetch(`${url}/films`, { headers: { 'x-request-timeout-ms': '0' } })).status).toBe(504);
    expect((await fetch(`${url}/films`, { headers: { 'x-request-timeout-ms': 'x' } })).status).toBe(400);
    await inFlight(url, 0);
  });

  it('trap 15: fast failures do not count as fast responses', async () => {
    const url = await start();
    await Promise.all([fetch(`${url}/nowhere`), fetch(`${url}/broken`), fetch(`${url}/degraded`)]);
    await inFlight(url, 0);
    expect(await loadShedding(url)).not.toHaveProperty('uncontendedRttMs');
    await fetch(`${url}/films`);
    await expect.poll(() => loadShedding(url)).toHaveProperty('uncontendedRttMs');
  });

  it('of a queued request serves it in its own context', async () => {
    const url = await start({ ...onePlace, OVERLOAD_QUEUE: '10', OVERLOAD_QUEUE_INTERVAL_MS: '20000' });
    void fetch(`${url}/held/1`);
    await inFlight(url, 1);
    const waits = fetch(`${url}/films`, { headers: { 'x-request-priority': 'sheddable' } });
    await expect.poll(() => loadShedding(url)).toMatchObject({ queued: 1 });
    held.resolve();
    expect(await (await waits).json()).toEqual({ priority: 'sheddable' });
  });
});

it('with the strategy off, the service sheds no request', async () => {
  const url = await start({ ...onePlace, OVERLOAD_STRATEGY: 'off' });
  const both = [fetch(`${url}/held/1`), fetch(`${url}/held/2`)];
  held.resolve();
  expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
  expect(await loadShedding(url)).toEqual({ strategy: 'off' });
});
