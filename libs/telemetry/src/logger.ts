import { trace } from '@opentelemetry/api';
import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';
import { requestContext } from '#libs/http';
import { redact } from './redact.ts';

export const logLevels = [
  'trace',
  'debug',
  'info',
  'warn',
  'error',
  'fatal',
  'silent',
] as const satisfies readonly LevelWithSilent[];

/** The ids that join a log line to its request and its trace; empty outside a request. */
function correlation(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext();
  const request = requestContext.get();
  return {
    ...(request && { requestId: request.requestId }),
    ...(span && { traceId: span.traceId, spanId: span.spanId }),
  };
}

/** A logger that writes one JSON object a line, each with the service and the ids of its request and trace. */
export function createLogger(
  service: string,
  level: LevelWithSilent,
  destination: DestinationStream = pino.destination({ fd: 1, sync: false }),
): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: correlation,
      hooks: { streamWrite: redact },
    },
    destination,
  );
}

/**
 * Resolves when all that was logged is written; nothing can be logged after it. Without it, the exit of the process
 * would write what is left, and wait for a reader that hangs, for ever.
 */
export function endLog(logger: Logger): Promise<void> {
  const stream: unknown = Reflect.get(logger, pino.symbols.streamSym);
  return new Promise((resolve) => {
    if (!isEndable(stream)) return resolve();
    stream.once('close', resolve);
    stream.end();
  });
}

const isEndable = (stream: unknown): stream is ReturnType<typeof pino.destination> =>
  typeof stream === 'object' && stream !== null && 'end' in stream && 'once' in stream;
