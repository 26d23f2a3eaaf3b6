import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { expect, it } from 'vitest';
import { traceSpan } from './trace.ts';
import { TraceRing, type TraceRingLimits } from './trace-ring.ts';

function createRing(limits: TraceRingLimits) {
  const ring = new TraceRing('films', limits);
  const tracer = new TracerProvider({ spanProcessors: [ring] }).getTracer('test');
  const serve = (route: string): string => {
    const span = tracer.startSpan(`GET ${route}`, {
      kind: SpanKind.SERVER,
      attributes: { 'http.route': route },
    });
    const inSpan = trace.setSpan(ROOT_CONTEXT, span);
    tracer.startSpan('database', { kind: SpanKind.CLIENT }, inSpan).end();
    span.addEvent('response.degraded', { feature: 'offers' }).end();
    return span.spanContext().traceId;
  };
  return { ring, serve };
}

it('keeps the spans of a trace in the form of the schema', () => {
  const { ring, serve } = createRing({ traces: 2, bytes: 100_000 });
  const spans = ring.findSpans(serve('/films/:id')).map((span) => traceSpan.parse(span));
  expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
    ['database', 'client'],
    ['GET /films/:id', 'server'],
  ]);
  expect(spans[0]?.parentSpanId).toBe(spans[1]?.spanId);
  expect(spans[1]?.events).toMatchObject([{ name: 'response.degraded', attributes: { feature: 'offers' } }]);
});

it('evicts the oldest trace for a new one', () => {
  const { ring, serve } = createRing({ traces: 2, bytes: 100_000 });
  const [first, second, third] = [serve('/a'), serve('/b'), serve('/c')];
  expect(ring.recent().map(({ traceId, name, spans }) => [traceId, name, spans])).toEqual([
    [third, 'GET /c', 2],
    [second, 'GET /b', 2],
  ]);
  expect(ring.findSpans(first)).toEqual([]);
});

it('never holds more bytes than its limit', () => {
  const { ring, serve } = createRing({ traces: 100, bytes: 2000 });
  for (let i = 0; i < 50; i++) serve('/films/:id');
  const heldBytes = ring
    .recent()
    .reduce((sum, { traceId }) => sum + JSON.stringify(ring.findSpans(traceId)).length, 0);
  expect(heldBytes).toBeGreaterThan(500);
  expect(heldBytes).toBeLessThanOrEqual(2100);
});
