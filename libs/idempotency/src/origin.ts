import { trace } from '@opentelemetry/api';

/** The span of the execution an answer came from, for its replays to point to; as W3C trace context has them. */
export interface Origin {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

export const origin = (): Origin | undefined => {
  const span = trace.getActiveSpan()?.spanContext();
  return span && { traceId: span.traceId, spanId: span.spanId, traceFlags: span.traceFlags };
};

/** Leads from the trace of a replay to that of the execution. */
export function linkTo(context: Origin | undefined): void {
  if (context) trace.getActiveSpan()?.addLink({ context });
}
