import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { metrics } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { metricsText, startMetrics } from './metrics.ts';

let receiver: Server;
let stop: () => Promise<void>;

beforeEach(async () => {
  receiver = createServer((request, response) => {
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
  receiver.close();
});

it.each(['cumulative', 'delta'])(
  'tells all there was each time it is read, though %s is sent',
  async (sent) => {
    vi.stubEnv('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', sent);
    stop = await startMetrics(process.env, 'films');
    const seen = metrics.getMeter('films').createCounter('films.seen');
    seen.add(2);
    expect(await metricsText()).toMatch(/^films_seen_total 2$/m);
    seen.add(1);
    expect(await metricsText()).toMatch(/^films_seen_total 3$/m);
  },
);
