import { ROOT_CONTEXT, SpanKind, SpanStatusCode, context, propagation, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endServerSpan, startServerSpan, tellShed } from './server-span.ts';

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

describe('a request that is shed', () => {
  const shed = (traceparent: string) =>
    tellShed({ ...request, headers: { traceparent } }, 503, { priority: 'normal', reason: 'timed-out' });

  it('is told where its caller records the trace', async () => {
    shed(`00-${TRACE}-${CALLER}-01`);
    expect(await finishedSpan()).toMatchObject({
      name: 'GET /films/:id',
      parentSpanContext: { traceId: TRACE, spanId: CALLER },
      attributes: { 'http.response.status_code': 503 },
      events: [{ name: 'request.shed', attributes: { priority: 'normal', reason: 'timed-out' } }],
      status: { code: SpanStatusCode.ERROR },
    });
  });

  it.each(['01', '03', '0d', 'ff'])(
    'is recorded where the flags %s say that the caller is sampled',
    async (flags) => {
      shed(`00-${TRACE}-${CALLER}-${flags}`);
      expect(await finishedSpan()).toMatchObject({ parentSpanContext: { traceId: TRACE, spanId: CALLER } });
    },
  );

  it.each([
    `00-${TRACE}-${CALLER}-00`,
    `00-${TRACE}-${CALLER}-02`,
    `00-${TRACE}-${CALLER}-fe`,
    `00-${TRACE}-${CALLER}-01-more`,
    'not-a-traceparent-01',
    '',
  ])('costs no span where it does not: %j', async (traceparent) => {
    shed(traceparent);
    expect(await finishedSpan()).toBeUndefined();
  });
});

describe('the span of a request', () => {
  it('continues the trace of a caller inside the platform', async () => {
    const { span } = startServerSpan(request, false);
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

  it('starts a new trace at the edge, linked to the stranger’s', async () => {
    const { span } = startServerSpan(request, true);
    endServerSpan(span, 200);
    const finished = await finishedSpan();
    expect(span.spanContext().traceId).not.toBe(TRACE);
    expect(finished?.parentSpanContext).toBeUndefined();
    expect(finished?.links).toMatchObject([{ context: { traceId: TRACE, spanId: CALLER } }]);
  });

  it('is the parent of what the request starts, here and in the next service', () => {
    const { span, context: serving } = startServerSpan(request, true);
    const carried: Record<string, string> = {};
    context.with(serving, () => propagation.inject(context.active(), carried));
    expect(carried.traceparent).toBe(`00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`);
    expect(trace.getSpan(ROOT_CONTEXT)).toBeUndefined();
  });

  it.each([
    [undefined, SpanStatusCode.UNSET, 'connection-closed'],
    [499, SpanStatusCode.UNSET, undefined],
    [500, SpanStatusCode.ERROR, '500'],
  ])('with status %s has the status code %i and the error %s', async (status, code, error) => {
    endServerSpan(startServerSpan(request, false).span, status);
    const finished = await finishedSpan();
    expect(finished?.status.code).toBe(code);
    expect(finished?.attributes['error.type']).toBe(error);
    expect(finished?.attributes['http.response.status_code']).toBe(status);
  });

  it('names methods that strangers make up alike', async () => {
    endServerSpan(startServerSpan({ ...request, method: 'BREW', route: undefined }, true).span, 404);
    expect(await finishedSpan()).toMatchObject({
      name: '_OTHER',
      attributes: { 'http.request.method': '_OTHER' },
    });
  });

  it('is named by its method alone where no route matched, so that names stay few', async () => {
    endServerSpan(startServerSpan({ ...request, route: undefined }, false).span, 404);
    expect((await finishedSpan())?.name).toBe('GET');
  });
});
