import { ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api';
import { AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { createSampler, sampleRequests } from './sampler.ts';

const remote = (traceFlags: TraceFlags) =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags,
    isRemote: true,
  });
const tracer = new TracerProvider({ sampler: sampleRequests(new AlwaysOnSampler()) }).getTracer('test');
const serve = (route: string | undefined, parent = ROOT_CONTEXT) =>
  tracer.startSpan(
    'GET',
    { kind: SpanKind.SERVER, ...(route !== undefined && { attributes: { 'http.route': route } }) },
    parent,
  );

describe('a trace', () => {
  it.each([
    ['a request', '/films/:id'],
    ['a request without a route', undefined],
  ])('starts with %s', (_, route) => {
    expect(serve(route).isRecording()).toBe(true);
  });

  it('starts with a job', () => {
    expect(tracer.startSpan('job', {}, ROOT_CONTEXT).isRecording()).toBe(true);
  });

  it.each(['/health/ready', '/metrics', '/ops/state'])('does not start with %s', (route) => {
    expect(serve(route).isRecording()).toBe(false);
    expect(serve(route, remote(TraceFlags.SAMPLED)).isRecording()).toBe(false);
  });

  it('does not start with a call in the background, nor at the service that receives it', () => {
    const poll = tracer.startSpan('GET catalog', { kind: SpanKind.CLIENT }, ROOT_CONTEXT);
    expect(poll.isRecording()).toBe(false);
    expect(serve('/orders/feed', remote(TraceFlags.NONE)).isRecording()).toBe(false);
  });

  it('has the calls of its request, and none of a probe', () => {
    const call = (route: string) =>
      tracer.startSpan('GET', { kind: SpanKind.CLIENT }, trace.setSpan(ROOT_CONTEXT, serve(route)));
    expect(call('/films/:id').isRecording()).toBe(true);
    expect(call('/health/deep').isRecording()).toBe(false);
  });

  it('continues the sampled trace of a caller', () => {
    expect(serve('/films/:id', remote(TraceFlags.SAMPLED)).isRecording()).toBe(true);
  });
});

it.each([
  [{}, 'Requests{ParentBased{root=AlwaysOnSampler, '],
  [{ OTEL_TRACES_SAMPLER: 'always_on' }, 'Requests{AlwaysOnSampler}'],
  [{ OTEL_TRACES_SAMPLER: 'always_off' }, 'Requests{AlwaysOffSampler}'],
  [{ OTEL_TRACES_SAMPLER: 'traceidratio' }, 'Requests{TraceIdRatioBased{1}}'],
  [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, 'Requests{ParentBased{root=AlwaysOffSampler, '],
  [
    { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.1' },
    'Requests{ParentBased{root=TraceIdRatioBased{0.1}, ',
  ],
])('wraps the sampler that %j names', (env, name) => {
  expect(sampleRequests(createSampler(env)).toString()).toContain(name);
});
