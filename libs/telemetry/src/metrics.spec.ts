import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metrics } from '@opentelemetry/api';
import { defaultResource } from '@opentelemetry/resources';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { metricsText, startMetrics } from './metrics.ts';
import { readOtelEnv } from './otel-env.ts';

let receiver: Server;
let stop: () => Promise<void>;
let received: number;

beforeEach(async () => {
  received = 0;
  receiver = createServer((request, response) => {
    received += 1;
    request.resume().on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const { port } = receiver.address() as AddressInfo;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
});

afterEach(async () => {
  await stop();
  metrics.disable();
  vi.unstubAllEnvs();
  vi.useRealTimers();
  receiver.close();
});

it.each(['cumulative', 'delta'])(
  'returns totals at each read, although %s metrics are sent',
  async (sent) => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', sent);
    stop = await startMetrics(readOtelEnv(process.env).values, defaultResource());
    const counter = metrics.getMeter('films').createCounter('films.seen');
    counter.add(2);
    expect(await metricsText()).toMatch(/^films_seen_total 2$/m);
    counter.add(1);
    expect(await metricsText()).toMatch(/^films_seen_total 3$/m);
  },
);

it.each<[number, Record<string, string>]>([
  [1, {}],
  [1, { OTEL_METRICS_EXPORTER: '' }],
  [1, { OTEL_METRICS_EXPORTER: 'OTLP' }],
  [1, { OTEL_METRICS_EXPORTER: 'otlp,prometheus' }],
  [1, { OTEL_METRICS_EXPORTER: 'otlp,unknown' }],
  [1, { OTEL_METRICS_EXPORTER: 'unknown' }],
  [0, { OTEL_METRICS_EXPORTER: 'prometheus' }],
  [0, { OTEL_METRICS_EXPORTER: 'none' }],
  [0, { OTEL_METRICS_EXPORTER: 'none,otlp' }],
  [0, { OTEL_SDK_DISABLED: 'TRUE' }],
  [1, { OTEL_SDK_DISABLED: '' }],
  [1, { OTEL_SDK_DISABLED: 'no' }],
  [1, { OTEL_METRIC_EXPORT_INTERVAL: '' }],
  [1, { OTEL_METRIC_EXPORT_INTERVAL: '0' }],
  [1, { OTEL_METRIC_EXPORT_INTERVAL: '60s' }],
  [1, { OTEL_METRIC_EXPORT_INTERVAL: '2592000000' }],
  [1, { OTEL_METRIC_EXPORT_INTERVAL: '1000', OTEL_METRIC_EXPORT_TIMEOUT: '2000' }],
  [1, { OTEL_METRIC_EXPORT_TIMEOUT: '-1' }],
  [1, { OTEL_EXPORTER_OTLP_PROTOCOL: 'thrift' }],
  [0, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
])('sends metrics %i times when it stops, with %o', async (times, env) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  stop = await startMetrics(readOtelEnv(process.env).values, defaultResource());
  metrics.getMeter('films').createCounter('films.seen').add(1);
  // A timer with an interval above the maximum of Node would fire now.
  await new Promise((resolve) => setTimeout(resolve, 20));
  await stop();
  expect(received).toBe(times);
});

it.each(['cumulative', 'delta'])(
  'returns current values of gauges after the wall clock was set back, although %s metrics are sent',
  async (sent) => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', sent);
    const noon = Date.parse('2026-01-01T12:00:00.000Z');
    vi.useFakeTimers({ toFake: ['Date'], now: noon });
    stop = await startMetrics(readOtelEnv(process.env).values, defaultResource());
    let open = 1;
    const gauge = metrics.getMeter('films').createObservableGauge('films.open');
    gauge.addCallback((result) => result.observe(open));
    expect(await metricsText()).toMatch(/^films_open 1$/m);
    vi.setSystemTime(noon - 3_600_000);
    for (open = 2; open < 5; open += 1)
      expect(await metricsText()).toMatch(new RegExp(`^films_open ${open}$`, 'm'));
  },
);
