import { type Span, SpanKind, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('film-store/dependency');

/** The span of one piece of work with a dependency; none where the request it is done for is not recorded. */
export function startDependencySpan(
  name: string,
  system: string | undefined,
  operation: string | undefined,
): Span | undefined {
  if (!trace.getActiveSpan()?.isRecording()) return undefined;
  return tracer.startSpan(operation === undefined ? name : `${operation} ${name}`, {
    kind: SpanKind.CLIENT,
    attributes: {
      'peer.service': name,
      ...(system !== undefined && { 'db.system.name': system }),
      ...(operation !== undefined && { 'db.operation.name': operation }),
    },
  });
}
