import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { metrics, trace } from '@opentelemetry/api';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { logTelemetryTo, startTelemetry, stopTelemetry } from './start.ts';

interface WithResource {
  readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: object }[] };
}
interface Request {
  readonly resourceSpans?: readonly WithResource[];
  readonly resourceMetrics?: readonly WithResource[];
}

const requests: Request[] = [];
const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  requests.push((await json(request)) as Request);
  response.setHeader('content-type', 'application/json').end('{}');
};
const receiver = createServer((request, response) => void receive(request, response));

beforeAll(async () => {
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const { port } = receiver.address() as AddressInfo;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
  vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'HTTP/JSON');
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'service.version=1.2.3,deployment.environment.name=test');
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '5s');
  vi.stubEnv('OTEL_PROPAGATORS', 'tracecontext,xray');
  await startTelemetry(process.env, 'books');
});
afterAll(() => {
  receiver.close();
  vi.unstubAllEnvs();
});

it('logs each ignored variable once, without its value', () => {
  const lines: string[] = [];
  logTelemetryTo(pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }));
  const logged = lines.map((line) => JSON.parse(line) as { event: string; name: string });
  expect(logged).toMatchObject([
    { event: 'telemetry.setting_ignored', name: 'OTEL_PROPAGATORS' },
    { event: 'telemetry.setting_ignored', name: 'OTEL_BSP_SCHEDULE_DELAY' },
  ]);
  expect(lines.join('')).not.toMatch(/xray|5s/);
});

it('sends spans and metrics with one resource, which has an instance id', async () => {
  trace.getTracer('books').startSpan('lend').end();
  metrics.getMeter('books').createCounter('books.lent').add(1);
  await stopTelemetry();
  const resources = requests
    .flatMap(({ resourceSpans = [], resourceMetrics = [] }) => resourceSpans.concat(resourceMetrics))
    .map(({ resource }) => resource.attributes.toSorted((a, b) => a.key.localeCompare(b.key)));
  expect(resources).toHaveLength(2);
  expect(resources[0]).toEqual(resources[1]);
  expect(resources[0]).toEqual(
    expect.arrayContaining([
      { key: 'service.name', value: { stringValue: 'books' } },
      { key: 'service.version', value: { stringValue: '1.2.3' } },
      { key: 'deployment.environment.name', value: { stringValue: 'test' } },
      { key: 'service.instance.id', value: { stringValue: expect.stringMatching(/^[0-9a-f-]{36}$/) } },
    ]),
  );
});
