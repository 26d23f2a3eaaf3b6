import { type Attributes, type Context, SpanKind } from '@opentelemetry/api';
import {
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  type SamplingResult,
} from '@opentelemetry/sdk-trace';
import { isOperation } from '#libs/http';

/** Every request of a client; not probes and not polls, which would push those out of a ring. */
class RequestsOnly implements Sampler {
  shouldSample(
    _context: Context,
    _traceId: string,
    _name: string,
    kind: SpanKind,
    attributes: Attributes,
  ): SamplingResult {
    const route = attributes['http.route'];
    const isRequest = kind === SpanKind.SERVER && !(typeof route === 'string' && isOperation(route));
    return { decision: isRequest ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
  }

  toString(): string {
    return 'RequestsOnly';
  }
}

export const ringSampler = (): Sampler => new ParentBasedSampler({ root: new RequestsOnly() });
