import { trace } from '@opentelemetry/api';
import { type DestinationStream, type LevelWithSilent, type Logger, pino } from 'pino';
import { requestContext } from '@film-store/core';
import { LogOutput } from './log-output.ts';
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

export type LogLevel = (typeof logLevels)[number];

/** The ids that join a log line to its request and its trace; empty outside a request. */
function correlation(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext();
  const request = requestContext.get();
  return {
    ...(request && { requestId: request.requestId }),
    ...(span && { traceId: span.traceId, spanId: span.spanId }),
  };
}

/**
 * A logger that writes one JSON object a line, each with the service and the ids of its request and trace.
 * @param destination stdout, where nothing else is given
 */
export function createLogger(
  service: string,
  level: LevelWithSilent,
  destination?: DestinationStream,
): Logger {
  const logger: Logger = pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: correlation,
      hooks: { streamWrite: redact },
    },
    destination ?? new LogOutput({ onResumed: (dropped) => logDropped(logger, dropped) }),
  );
  return logger;
}

const logDropped = (logger: Logger, dropped: number): void =>
  logger.warn(
    { event: 'log.lines_dropped', dropped },
    `${dropped} log lines were dropped: nothing read the log`,
  );

/**
 * Resolves when all that was logged is written, and drops what is logged after it. Without it, the exit of the process
 * would write what is left, and wait for a reader that hangs, for ever.
 */
export async function endLog(logger: Logger): Promise<void> {
  const stream: unknown = Reflect.get(logger, pino.symbols.streamSym);
  if (stream instanceof LogOutput) await stream.end();
}
