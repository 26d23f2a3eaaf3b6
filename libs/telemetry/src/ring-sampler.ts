import { type Attributes, type Context, SpanKind } from '@opentelemetry/api';
import {
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  type SamplingResult,
} from '@opentelemetry/sdk-trace';
import { isOperatorRoute } from '@film-store/core';

/** Whether it is the span of a request, and of no probe and no poll: those would push requests out of a ring. */
export function isRequest(kind: SpanKind, { 'http.route': route }: Attributes): boolean {
  return kind === SpanKind.SERVER && !(typeof route === 'string' && isOperatorRoute(route));
}

class RequestsOnly implements Sampler {
  shouldSample(
    _context: Context,
    _traceId: string,
    _name: string,
    kind: SpanKind,
    attributes: Attributes,
  ): SamplingResult {
    const { RECORD_AND_SAMPLED, NOT_RECORD } = SamplingDecision;
    return { decision: isRequest(kind, attributes) ? RECORD_AND_SAMPLED : NOT_RECORD };
  }

  toString(): string {
    return 'RequestsOnly';
  }
}

export const ringSampler = (): Sampler => new ParentBasedSampler({ root: new RequestsOnly() });
