import { type Attributes, SpanKind, TraceFlags, isSpanContextValid, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import { isOperatorRoute } from '@film-store/core';
import type { OtelEnv } from './otel-env.ts';

/**
 * Wraps a sampler, so that no trace starts with a probe or scrape of operators, or with a call that no request caused, such as
 * a poll. A span is not sampled either if its parent is not. `inner` decides about all other spans.
 */
export const sampleRequests = (inner: Sampler): Sampler => ({
  shouldSample(context, traceId, name, kind, attributes, links) {
    const parent = trace.getSpanContext(context);
    const isCandidate =
      parent && isSpanContextValid(parent)
        ? (parent.traceFlags & TraceFlags.SAMPLED) !== 0
        : kind !== SpanKind.CLIENT;
    return isCandidate && !isOfOperators(kind, attributes)
      ? inner.shouldSample(context, traceId, name, kind, attributes, links)
      : { decision: SamplingDecision.NOT_RECORD };
  },
  toString: () => `Requests{${inner.toString()}}`,
});

const isOfOperators = (kind: SpanKind, { 'http.route': route }: Attributes): boolean =>
  kind === SpanKind.SERVER && typeof route === 'string' && isOperatorRoute(route);

/** Creates the sampler that `OTEL_TRACES_SAMPLER` names. @default parentbased_always_on */
export function createSampler({
  OTEL_TRACES_SAMPLER: name = 'parentbased_always_on',
  OTEL_TRACES_SAMPLER_ARG: ratio = '1',
}: OtelEnv): Sampler {
  const root = createRootSampler(name.replace('parentbased_', ''), Number(ratio));
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root;
}

function createRootSampler(name: string, ratio: number): Sampler {
  if (name === 'always_off') return new AlwaysOffSampler();
  return name === 'traceidratio' ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler();
}
