import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { Controller, Get, HttpCode, Module, Post } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTelemetry } from '@film-store/telemetry';
import { serviceConfig } from '../src/config.ts';
import { type Service, createService, defineService } from '../src/service.ts';

const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(
  new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
);
await startTelemetry({}, 'films');

let begun: number;
let held: PromiseWithResolvers<void>;

@Controller()
class FilmsController {
  @Get('films')
  async films() {
    begun += 1;
    await held.promise;
    return {};
  }

  @Post('orders')
  @HttpCode(200)
  order() {
    return this.films();
  }
}

@Module({ controllers: [FilmsController] })
class FilmsModule {}

let service: Service;
let url: string;
let lines: Record<string, unknown>[];
let before: Record<string, number>;

beforeEach(async () => {
  begun = 0;
  held = Promise.withResolvers();
  lines = [];
  exporter.reset();
  service = await createService(
    defineService({ name: 'films', config: serviceConfig({ port: 0 }), module: FilmsModule }),
    { PORT: '0', LOG_LEVEL: 'silent' },
  );
  vi.spyOn(service.logger, 'info').mockImplementation((line: unknown) => {
    const { event, ...rest } = line as Record<string, unknown>;
    if (event === 'http.request' && rest['route'] !== '/metrics') lines.push(rest);
  });
  url = await service.start();
  before = await samples();
});
afterEach(async () => {
  held.resolve();
  await service.stop();
});

/** The number of samples by series, of the routes of the controller. */
async function samples(): Promise<Record<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = text.matchAll(
    /^http_server_request_duration_seconds_count(\{.*http_route="\/(?:films|orders)".*\}) (\d+)$/gm,
  );
  return Object.fromEntries(Array.from(found, ([, labels = '', count]) => [labels, Number(count)]));
}

/** The series that have grown, and by how many samples. */
async function recorded(): Promise<Record<string, number>> {
  const grown = Object.entries(await samples()).map(
    ([series, n]) => [series, n - (before[series] ?? 0)] as const,
  );
  return Object.fromEntries(grown.filter(([, n]) => n > 0));
}

const spans = () =>
  exporter
    .getFinishedSpans()
    .flatMap(({ name, attributes }) => (/metrics/.test(name) ? [] : [{ name, attributes }]));

/** Sends `text`, and resolves once so many handlers have begun. */
async function send(text: string, handlers: number): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined).resume();
  await once(socket, 'connect');
  socket.write(text);
  await expect.poll(() => begun).toBe(handlers);
  return socket;
}

const read = 'GET /films HTTP/1.1\r\nhost: x\r\n\r\n';
const write = 'POST /orders HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n';

describe('a request whose client leaves has one access line with 499, one sample and one span without a status', () => {
  it.each([
    ['a read', 'GET', '/films', read],
    ['a write', 'POST', '/orders', write],
  ])('%s', async (_, method, route, text) => {
    const client = await send(text, 1);
    client.destroy();
    await expect.poll(() => lines).toMatchObject([{ method, route, status: 499 }]);
    held.resolve();
    expect(await recorded()).toEqual({
      [`{http_request_method="${method}",http_route="${route}",error_type="connection-closed"}`]: 1,
    });
    expect(spans()).toEqual([
      {
        name: `${method} ${route}`,
        attributes: expect.objectContaining({ 'error.type': 'connection-closed' }) as unknown,
      },
    ]);
    expect(spans()[0]?.attributes).not.toHaveProperty('http.response.status_code');
    expect(lines).toHaveLength(1);
  });

  it('each of several pipelined requests before a CONNECT', async () => {
    await send(`${read.repeat(3)}CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n`, 3);
    await expect.poll(() => lines.map(({ status }) => status)).toEqual([499, 499, 499]);
    expect(Object.values(await recorded())).toEqual([3]);
    expect(spans()).toHaveLength(3);
  });
});

it('a request whose response is sent has one access line, one sample and one span with its status', async () => {
  held.resolve();
  const client = await send(read.repeat(2), 2);
  await expect.poll(() => lines).toMatchObject([{ status: 200 }, { status: 200 }]);
  client.destroy();
  expect(await recorded()).toEqual({
    '{http_request_method="GET",http_route="/films",http_response_status_code="200"}': 2,
  });
  expect(spans().map(({ attributes }) => attributes['http.response.status_code'])).toEqual([200, 200]);
});

it('a request that a stop aborts is recorded before the stop ends', async () => {
  const client = await send(
    'POST /orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n',
    0,
  );
  await expect.poll(async () => (await fetch(`${url}/metrics`)).status).toBe(200);
  service.forceShutdown();
  await service.stop();
  expect(lines).toMatchObject([{ route: '/orders', status: 499 }]);
  expect(spans()).toHaveLength(1);
  client.destroy();
});
