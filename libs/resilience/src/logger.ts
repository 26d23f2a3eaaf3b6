import { type Logger, fromNestLogger } from '@film-store/core';
import { Logger as NestLogger } from '@nestjs/common';

/** Receives what happens to upstreams. A pino logger fits. */
export type ResilienceLogger = Pick<Logger, 'info' | 'warn'>;

/** Provide a `ResilienceLogger` under this token to replace Nest's own logger. */
export const RESILIENCE_LOGGER: symbol = Symbol.for('@film-store/resilience/logger');

export const NEST_LOGGER: ResilienceLogger = fromNestLogger(new NestLogger('Resilience'));
