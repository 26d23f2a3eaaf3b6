import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { metricsText } from './metrics.ts';
import { startTelemetry, stopTelemetry } from './start.ts';

let status = 400;
const receiver = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(status).end());
});

beforeAll(async () => {
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`);
  vi.stubEnv('OTEL_METRICS_EXPORTER', 'none');
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '20');
  vi.stubEnv('OTEL_BSP_MAX_QUEUE_SIZE', '100');
  vi.stubEnv('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', '50');
  await startTelemetry(process.env, 'books');
});
afterAll(async () => {
  await stopTelemetry();
  receiver.close();
  vi.unstubAllEnvs();
});

const end = (spans: number): void => {
  for (let i = 0; i < spans; i += 1) trace.getTracer('books').startSpan('lend').end();
};
const spanCounts = async (): Promise<string[]> =>
  (await metricsText()).split('\n').filter((line) => /^(?:telemetry_spans|otel_sdk)/.test(line));

it('counts every span once: exported, failed, or dropped by a full queue', async () => {
  expect(await spanCounts()).toEqual([
    'telemetry_spans_total{outcome="taken"} 0',
    'telemetry_spans_total{outcome="not-taken"} 0',
    'telemetry_spans_total{outcome="queue-full"} 0',
  ]);
  // The first batch is sent at once, and a full queue waits behind it.
  end(500);
  await vi.waitFor(
    async () =>
      expect(await spanCounts()).toEqual([
        'telemetry_spans_total{outcome="taken"} 0',
        'telemetry_spans_total{outcome="not-taken"} 150',
        'telemetry_spans_total{outcome="queue-full"} 350',
      ]),
    { timeout: 10_000 },
  );
  status = 200;
  end(7);
  await vi.waitFor(
    async () =>
      expect(await spanCounts()).toEqual([
        'telemetry_spans_total{outcome="taken"} 7',
        'telemetry_spans_total{outcome="not-taken"} 150',
        'telemetry_spans_total{outcome="queue-full"} 350',
      ]),
    { timeout: 10_000 },
  );
});
