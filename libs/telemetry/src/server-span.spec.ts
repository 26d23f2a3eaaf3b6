import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endServerSpan, startServerSpan, recordUnservedSpan } from './server-span.ts';

const exporter = new InMemorySpanExporter();
const processor = new SimpleSpanProcessor({ exporter });
const sdk = new NodeSDK({
  spanProcessors: [processor],
  metricReaders: [],
  logRecordProcessors: [],
});
beforeAll(() => sdk.start());
afterEach(() => exporter.reset());
afterAll(() => sdk.shutdown());

const finishedSpan = async () => {
  await processor.forceFlush();
  return exporter.getFinishedSpans()[0];
};

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const request = {
  method: 'GET',
  route: '/films/:id',
  url: '/films/alien?q=1',
  headers: { traceparent: `00-${TRACE}-${CALLER}-01` },
};

describe('recordUnservedSpan', () => {
  const shed = (traceparent: string) =>
    recordUnservedSpan({ ...request, headers: { traceparent } }, 503, {
      priority: 'normal',
      reason: 'timed-out',
    });

  it('records the request in a sampled trace of its caller', async () => {
    shed(`00-${TRACE}-${CALLER}-01`);
    expect(await finishedSpan()).toMatchObject({
      name: 'GET /films/:id',
      parentSpanContext: { traceId: TRACE, spanId: CALLER },
      attributes: { 'http.response.status_code': 503 },
      events: [{ name: 'request.shed', attributes: { priority: 'normal', reason: 'timed-out' } }],
      status: { code: SpanStatusCode.ERROR },
    });
  });

  it.each(['01', '03', '0d', 'ff'])('records a span if the caller is sampled: flags %s', async (flags) => {
    shed(`00-${TRACE}-${CALLER}-${flags}`);
    expect(await finishedSpan()).toMatchObject({ parentSpanContext: { traceId: TRACE, spanId: CALLER } });
  });

  it.each([
    `00-${TRACE}-${CALLER}-00`,
    `00-${TRACE}-${CALLER}-02`,
    `00-${TRACE}-${CALLER}-fe`,
    `00-${TRACE}-${CALLER}-01-more`,
    'not-a-traceparent-01',
    '',
  ])('creates no span for a caller that is not sampled: %j', async (traceparent) => {
    shed(traceparent);
    expect(await finishedSpan()).toBeUndefined();
  });
});

describe('the span of a request', () => {
  it('continues the trace of an internal caller', async () => {
    const { span } = startServerSpan(request, 'internal');
    endServerSpan(span, 200);
    const finished = await finishedSpan();
    expect(finished).toMatchObject({
      name: 'GET /films/:id',
      kind: SpanKind.SERVER,
      parentSpanContext: { traceId: TRACE, spanId: CALLER },
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/films/:id',
        'url.path': '/films/alien',
        'url.scheme': 'http',
        'http.response.status_code': 200,
      },
      status: { code: SpanStatusCode.UNSET },
    });
    expect(span.spanContext().traceId).toBe(TRACE);
  });

  it('starts a new trace for a public caller, with a link to the trace of the caller', async () => {
    const { span } = startServerSpan(request, 'public');
    endServerSpan(span, 200);
    const finished = await finishedSpan();
    expect(span.spanContext().traceId).not.toBe(TRACE);
    expect(finished?.parentSpanContext).toBeUndefined();
    expect(finished?.links).toMatchObject([{ context: { traceId: TRACE, spanId: CALLER } }]);
  });

  it('is the parent of spans within the request, in this service and in the next', () => {
    const { span, context: scope } = startServerSpan(request, 'public');
    const headers: Record<string, string> = {};
    context.with(scope, () => propagation.inject(context.active(), headers));
    expect(headers.traceparent).toBe(`00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`);
    expect(trace.getSpan(ROOT_CONTEXT)).toBeUndefined();
  });

  it.each([
    [undefined, SpanStatusCode.UNSET, 'connection-closed'],
    [499, SpanStatusCode.UNSET, undefined],
    [500, SpanStatusCode.ERROR, '500'],
  ])('with status %s has the status code %i and the error %s', async (status, code, error) => {
    endServerSpan(startServerSpan(request, 'internal').span, status);
    const finished = await finishedSpan();
    expect(finished?.status.code).toBe(code);
    expect(finished?.attributes['error.type']).toBe(error);
    expect(finished?.attributes['http.response.status_code']).toBe(status);
  });

  it('has the same name for all unknown methods', async () => {
    endServerSpan(startServerSpan({ ...request, method: 'BREW', route: undefined }, 'public').span, 404);
    expect(await finishedSpan()).toMatchObject({
      name: '_OTHER',
      attributes: { 'http.request.method': '_OTHER' },
    });
  });

  it('has the method as its name if no route matched', async () => {
    endServerSpan(startServerSpan({ ...request, route: undefined }, 'internal').span, 404);
    expect((await finishedSpan())?.name).toBe('GET');
  });
});
