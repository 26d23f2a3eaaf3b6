import { once } from 'node:events';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SpanStatusCode, context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { Problem } from '@film-store/problem';
import { createTransitionListener } from './breaker-transitions.ts';
import { createUpstream } from './http-upstream.ts';
import { PolicyExecutor } from './policy-executor.ts';
import type { ResilienceLogger } from './breaker-transitions.ts';
import {
  type UpstreamPolicies,
  EXECUTOR_POLICY_DEFAULTS,
  UPSTREAM_POLICY_DEFAULTS,
} from './policy-options.ts';
import type { HttpUpstream } from './http-upstream.ts';

const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(
  new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
);

/** Responses to the next attempts. The last one repeats. */
let responses: ((response: ServerResponse) => void)[];
const server = createServer((_, response) =>
  (responses.length > 1 ? responses.shift() : responses[0])?.(response),
);
const ok = (response: ServerResponse) => response.end('{"title":"Alien"}');
const broken = (response: ServerResponse) => response.writeHead(500).end();
const slow = (): void => undefined;

let films: HttpUpstream | undefined;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
beforeEach(() => exporter.reset());
afterEach(() => films?.onApplicationShutdown());
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const silent: ResilienceLogger = { warn: () => undefined, info: () => undefined };
const declare = (policies: Partial<UpstreamPolicies> = {}): HttpUpstream => {
  const { port } = server.address() as AddressInfo;
  films = createUpstream('films', {
    url: `http://127.0.0.1:${port}`,
    policies: { ...UPSTREAM_POLICY_DEFAULTS, retryBaseDelayMs: 1, ...policies },
    onTransition: createTransitionListener('films', silent),
  });
  return films;
};
const get = (upstream: HttpUpstream) => upstream.get('/films/1', { schema: z.object({ title: z.string() }) });

/** Runs `work` in the span of a request, and returns that span and the spans within it. */
async function recordSpans(
  work: () => Promise<unknown>,
): Promise<{ request: ReadableSpan; within: ReadableSpan[] }> {
  await trace.getTracer('test').startActiveSpan('request', async (span) => {
    await work().catch(() => undefined);
    span.end();
  });
  const spans = exporter.getFinishedSpans();
  const request = spans.find(({ name }) => name === 'request')!;
  const within = spans.filter((span) => span.parentSpanContext?.spanId === request.spanContext().spanId);
  return { request, within };
}

it('records a retry as an event of the request and as an attempt with its reason', async () => {
  responses = [broken, ok];
  const { request, within } = await recordSpans(() => get(declare()));
  expect(request.events).toMatchObject([
    {
      name: 'upstream.retry',
      attributes: {
        upstream: 'films',
        attempt: 2,
        'upstream.attempt.previous_error': 'upstream-bad-response',
      },
    },
  ]);
  expect(within.map(({ name }) => name)).toEqual(['GET films', 'GET films']);
  expect(within[0]).toMatchObject({
    attributes: {
      'http.response.status_code': 500,
      'http.request.resend_count': 0,
      'error.type': 'upstream-bad-response',
    },
    status: { code: SpanStatusCode.ERROR },
  });
  expect(within[1]).toMatchObject({
    attributes: {
      'server.service.name': 'films',
      'http.request.resend_count': 1,
      'upstream.attempt.reason': 'retry',
      'upstream.attempt.previous_error': 'upstream-bad-response',
    },
    status: { code: SpanStatusCode.UNSET },
  });
});

it('records the address of an attempt without the values of its query', async () => {
  responses = [ok];
  const { port } = server.address() as AddressInfo;
  const request = { schema: z.object({ title: z.string() }), query: { q: 'hunter2', limit: 3 } };
  const { within } = await recordSpans(() => declare().get('/films', request));
  expect(within[0]?.attributes).toMatchObject({
    'server.address': '127.0.0.1',
    'server.port': port,
    'url.full': `http://127.0.0.1:${port}/films?q=REDACTED&limit=REDACTED`,
  });
});

it('records a hedge as an event of the request and as an attempt beside the slow one', async () => {
  const upstream = declare();
  responses = [ok];
  for (let i = 0; i < 100; i++) await get(upstream);
  exporter.reset();
  responses = [slow, ok];
  const { request, within } = await recordSpans(() => get(upstream));
  expect(request.events).toMatchObject([
    { name: 'upstream.hedge', attributes: { upstream: 'films', attempt: 2 } },
  ]);
  expect(new Set(within.map(({ attributes }) => attributes['upstream.attempt.reason']))).toEqual(
    new Set([undefined, 'hedge']),
  );
});

it('records the opening of a breaker in the request that caused it, and a rejection in the next one', async () => {
  responses = [broken];
  const upstream = declare({ retryAttempts: 1, breakerMinimumCalls: 2, hedging: false });
  await recordSpans(() => get(upstream));
  exporter.reset();
  const opening = await recordSpans(() => get(upstream));
  expect(opening.request.events).toMatchObject([
    { name: 'breaker.transition', attributes: { upstream: 'films', from: 'closed', to: 'open' } },
  ]);
  exporter.reset();
  const rejected = await recordSpans(() => get(upstream));
  expect(rejected.within).toEqual([]);
  expect(rejected.request.events).toMatchObject([
    { name: 'upstream.rejected', attributes: { upstream: 'films', reason: 'breaker-open' } },
  ]);
});

it('names the span of database work by its summary, and marks it as failed only after a failure', async () => {
  const store = new PolicyExecutor('store', {
    system: 'postgresql',
    policies: EXECUTOR_POLICY_DEFAULTS,
    isFailure: () => true,
  });
  const summary = 'SELECT films stock';
  const { within } = await recordSpans(async () => {
    await store.execute(() => Promise.reject(new Problem('not-found')), { summary }).catch(() => undefined);
    await store.execute(() => Promise.reject(new RangeError('secret')), { summary });
  });
  expect(within).toMatchObject([
    { name: 'SELECT films stock', status: { code: SpanStatusCode.UNSET } },
    { name: 'SELECT films stock', status: { code: SpanStatusCode.ERROR } },
  ]);
  expect(within[1]?.attributes).toEqual({
    'server.service.name': 'store',
    'db.system.name': 'postgresql',
    'db.query.summary': 'SELECT films stock',
    'db.operation.name': 'SELECT',
    'error.type': 'RangeError',
  });
  store.dispose();
});
