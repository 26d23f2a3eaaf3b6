import { Logger } from '@nestjs/common';

/** Logs what happens to upstreams. A pino logger fits. */
export interface ResilienceLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

/** Provide a `ResilienceLogger` under this token to replace Nest's own logger. */
export const RESILIENCE_LOGGER: symbol = Symbol.for('@film-store/resilience/logger');

const logger = new Logger('Resilience');

export const NEST_LOGGER: ResilienceLogger = {
  info: (details, message) => logger.log(message, details),
  warn: (details, message) => logger.warn(message, details),
};
