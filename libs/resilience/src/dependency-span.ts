import { type Span, SpanKind, trace } from '@opentelemetry/api';
import { SCOPE } from './scope.ts';

const tracer = trace.getTracer(SCOPE);

/** The span of one piece of work with a dependency; none where the request it is done for is not recorded. */
export function startDependencySpan(
  name: string,
  system: string | undefined,
  summary: string | undefined,
): Span | undefined {
  if (!trace.getActiveSpan()?.isRecording()) return undefined;
  return tracer.startSpan(summary ?? name, {
    kind: SpanKind.CLIENT,
    attributes: {
      'server.service.name': name,
      ...(system !== undefined && { 'db.system.name': system }),
      ...(summary !== undefined && {
        'db.query.summary': summary,
        'db.operation.name': summary.split(' ', 1)[0],
      }),
    },
  });
}
