import { Controller, Get, Module, Param } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UpstreamModule } from '@film-store/resilience';
import { startTelemetry } from '@film-store/telemetry';
import { serviceConfig } from '../src/config.ts';
import { type Service, createService, defineService } from '../src/service.ts';

await startTelemetry({}, 'shop');

@Controller('films')
class FilmsController {
  @Get('never')
  never() {
    return new Promise(() => undefined);
  }

  @Get(':id')
  film(@Param('id') id: string) {
    return { id };
  }
}

@Module({
  imports: [UpstreamModule.register('films', { url: 'http://127.0.0.1:9' })],
  controllers: [FilmsController],
})
class ShopModule {}

const shop = defineService({
  name: 'shop',
  config: serviceConfig({ port: 0 }),
  module: ShopModule,
});

let service: Service;
let url: string;
beforeAll(async () => {
  service = await createService(shop, { PORT: '0', LOG_LEVEL: 'silent' });
  url = await service.start();
});
afterAll(() => service.stop());

const scrape = async () => (await (await fetch(`${url}/metrics`)).text()).split('\n');
/** Names and labels, without comments and values. */
const series = async () =>
  (await scrape()).filter((line) => line && !line.startsWith('#')).map((line) => line.replace(/ \S+$/, ''));

it('starts every failure of a route at zero, and those of its upstreams, before the first request', async () => {
  const request = (status: number) =>
    `http_server_request_duration_seconds_count{http_request_method="GET",http_route="/films/:id",http_response_status_code="${status}"} 0`;
  expect(await scrape()).toEqual(
    expect.arrayContaining([
      ...[200, 500, 502, 503, 504].map(request),
      'http_server_request_duration_seconds_sum{http_request_method="GET",http_route="/films/:id",http_response_status_code="500"} 0',
      'upstream_attempt_duration_seconds_count{upstream="films",outcome="timeout"} 0',
      'upstream_rejections_total{upstream="films",reason="bulkhead-full"} 0',
      'upstream_breaker_transitions_total{upstream="films",to="open"} 0',
    ]),
  );
});

it('starts no series for routes of operators and for methods that a route rejects', async () => {
  const failures = (await series()).filter((each) => each.includes('http_response_status_code="5'));
  expect(failures.filter((each) => !each.includes('http_route="/films/'))).toEqual([]);
  expect(failures.filter((each) => each.includes('http_request_method="POST"'))).toEqual([]);
});

const valueOf = async (name: string) =>
  Number(
    (await scrape())
      .find((line) => line.startsWith(name))
      ?.split(' ')
      .at(-1),
  );

it('counts the requests that fail because their client allowed too little time', async () => {
  const clientDeadlines =
    'http_server_client_deadline_exceeded_total{http_request_method="GET",http_route="/films/never"';
  const request = (ms: string) => fetch(`${url}/films/never`, { headers: { 'x-request-timeout-ms': ms } });
  expect((await request('500')).status).toBe(504);
  expect(await valueOf(clientDeadlines)).toBe(0);
  expect((await request('499')).status).toBe(504);
  expect(await valueOf(clientDeadlines)).toBe(1);
});

it('counts requests by route, not by path', async () => {
  await fetch(`${url}/films/alien`);
  await fetch(`${url}/nowhere`);
  await series();
  const before = new Set(await series());
  for (let i = 0; i < 500; i++) await fetch(`${url}/films/film-${i}`);
  for (let i = 0; i < 500; i++) await fetch(`${url}/garbage-${i}/%20?q=${i}`);
  expect((await series()).filter((each) => !before.has(each) && !each.startsWith('v8js_gc'))).toEqual([]);
  expect(
    (await scrape()).filter((line) => line.startsWith('http_server_request_duration_seconds_count')),
  ).toEqual(
    expect.arrayContaining([
      'http_server_request_duration_seconds_count{http_request_method="GET",http_route="/films/:id",http_response_status_code="200"} 501',
      'http_server_request_duration_seconds_count{http_request_method="GET",http_route="(no route)",http_response_status_code="404"} 501',
    ]),
  );
});

it('returns Prometheus text with the name of the service', async () => {
  const response = await fetch(`${url}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await response.text()).toContain('service_name="shop"');
});

it('reports the state of every policy, and one of six states of a breaker', async () => {
  const lines = await scrape();
  const getState = (state: string) =>
    lines
      .find((line) => line.startsWith(`upstream_breaker_state{upstream="films",state="${state}"}`))
      ?.at(-1);
  expect(getState('closed')).toBe('1');
  await fetch(`${url}/ops/breakers/films`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"state":"isolated"}',
  });
  const after = await scrape();
  expect(after).toEqual(
    expect.arrayContaining([
      'upstream_breaker_state{upstream="films",state="closed"} 0',
      'upstream_breaker_state{upstream="films",state="isolated"} 1',
      'upstream_bulkhead_in_flight{upstream="films"} 0',
      'upstream_retry_budget{upstream="films"} 30',
      'upstream_timeout_seconds{upstream="films"} 1',
      'upstream_breaker_transitions_total{upstream="films",to="isolated"} 1',
    ]),
  );
});

it.each([
  'nodejs_eventloop_delay_p50_seconds',
  'nodejs_eventloop_delay_p99_seconds',
  'v8js_memory_heap_used_bytes',
  'process_memory_usage_bytes',
  'load_shedding_limit',
])('has %s', async (name) => {
  expect((await series()).some((each) => each === name || each.startsWith(`${name}{`))).toBe(true);
});
