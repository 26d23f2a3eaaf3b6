import { trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino } from 'pino';
import { requestContext } from '@film-store/core';
import { LogOutput } from './log-output.ts';
import { redact } from './redact.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Creates a logger that writes one JSON object per line, with the service and the ids of its request and trace.
 * @param destination @default stdout
 */
export function createLogger(service: string, level: LogLevel, destination?: DestinationStream): Logger {
  const logDropped = (dropped: number): void =>
    logger.warn(
      { event: 'log.lines_dropped', dropped },
      `${dropped} log lines were dropped, because no process read the log`,
    );
  const logger: Logger = pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: getCorrelationIds,
      hooks: { streamWrite: redact },
    },
    destination ?? new LogOutput({ onResumed: logDropped }),
  );
  return logger;
}

function getCorrelationIds(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext();
  const request = requestContext.get();
  return {
    ...(request && { requestId: request.requestId }),
    ...(span && { traceId: span.traceId, spanId: span.spanId }),
  };
}

/**
 * Resolves when all lines are written, and drops later lines. Without it, the exit of the process would write the
 * remaining lines and wait forever for a reader that hangs.
 */
export async function endLog(logger: Logger): Promise<void> {
  const stream: unknown = Reflect.get(logger, pino.symbols.streamSym);
  if (stream instanceof LogOutput) await stream.end();
}
