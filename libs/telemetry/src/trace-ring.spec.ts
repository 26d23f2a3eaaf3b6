import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { traceSpan } from './trace.ts';
import { ringSampler } from './ring-sampler.ts';
import { TraceRing, type TraceRingLimits } from './trace-ring.ts';

function keepIn(limits: TraceRingLimits, sampler = ringSampler()) {
  const ring = new TraceRing('films', limits);
  const tracer = new TracerProvider({ sampler, spanProcessors: [ring] }).getTracer('test');
  const serve = (route: string): string => {
    const span = tracer.startSpan(`GET ${route}`, {
      kind: SpanKind.SERVER,
      attributes: { 'http.route': route },
    });
    const within = trace.setSpan(ROOT_CONTEXT, span);
    tracer.startSpan('database', { kind: SpanKind.CLIENT }, within).end();
    span.addEvent('response.degraded', { feature: 'recommendations' }).end();
    return span.spanContext().traceId;
  };
  return { ring, tracer, serve };
}

it('keeps the spans of a trace, each as its schema says', () => {
  const { ring, serve } = keepIn({ traces: 2, bytes: 100_000 });
  const spans = ring.spansOf(serve('/films/:id')).map((span) => traceSpan.parse(span));
  expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
    ['database', 'client'],
    ['GET /films/:id', 'server'],
  ]);
  expect(spans[0]?.parentSpanId).toBe(spans[1]?.spanId);
  expect(spans[1]?.events).toMatchObject([
    { name: 'response.degraded', attributes: { feature: 'recommendations' } },
  ]);
});

it('makes room for a new trace by dropping the oldest', () => {
  const { ring, serve } = keepIn({ traces: 2, bytes: 100_000 });
  const [first, second, third] = [serve('/a'), serve('/b'), serve('/c')];
  expect(ring.recent().map(({ traceId, name, spans }) => [traceId, name, spans])).toEqual([
    [third, 'GET /c', 2],
    [second, 'GET /b', 2],
  ]);
  expect(ring.spansOf(first)).toEqual([]);
});

it('never holds more than its bytes, be there few traces or one', () => {
  const { ring, serve } = keepIn({ traces: 100, bytes: 2000 });
  for (let i = 0; i < 50; i++) serve('/films/:id');
  const held = ring
    .recent()
    .reduce((sum, { traceId }) => sum + JSON.stringify(ring.spansOf(traceId)).length, 0);
  expect(held).toBeGreaterThan(500);
  expect(held).toBeLessThanOrEqual(2100);
});

it.each([
  ['where it is what spans are recorded for', ringSampler()],
  ['where an exporter wants all', new AlwaysOnSampler()],
])('is not filled by probes and polls, %s', (_, sampler) => {
  const { ring, tracer, serve } = keepIn({ traces: 10, bytes: 100_000 }, sampler);
  serve('/health/ready');
  serve('/ops/traces/:traceId');
  tracer.startSpan('GET catalog', { kind: SpanKind.CLIENT }).end();
  expect(ring.recent()).toEqual([]);
});
