import { trace } from '@opentelemetry/api';

/** The span of the execution that produced a stored response. */
export interface Origin {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}

export const currentOrigin = (): Origin | undefined => {
  const span = trace.getActiveSpan()?.spanContext();
  return span && { traceId: span.traceId, spanId: span.spanId, traceFlags: span.traceFlags };
};

/** Links the trace of a replay to the trace of the execution. */
export function linkTo(context: Origin | undefined): void {
  if (context) trace.getActiveSpan()?.addLink({ context });
}
