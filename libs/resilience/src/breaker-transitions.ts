import { Logger as NestLogger } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import { type Logger, fromNestLogger } from '@film-store/core';
import { lazyInstruments } from '@film-store/core/instruments';
import { BREAKER_STATES } from './core/breaker-state.ts';
import type { BreakerTransition } from './core/breaker.ts';
import { SCOPE } from './spans.ts';

/** Receives the state changes of breakers. A pino logger fits. */
export type ResilienceLogger = Pick<Logger, 'info' | 'warn'>;

/** Provide a `ResilienceLogger` under this token to replace Nest's own logger. */
export const RESILIENCE_LOGGER: symbol = Symbol.for('@film-store/resilience/logger');

const transitions = lazyInstruments(SCOPE, (meter) =>
  meter.createCounter('upstream.breaker.transitions', {
    description: 'State changes of circuit breakers',
  }),
);

/** Returns a listener that logs and counts each change of a breaker's state. The counts start at zero. */
export function createTransitionListener(
  upstream: string,
  logger: ResilienceLogger = fromNestLogger(new NestLogger('Resilience')),
): (transition: BreakerTransition) => void {
  for (const to of BREAKER_STATES) transitions().add(0, { upstream, to });
  return ({ from, to, reason }) => {
    transitions().add(1, { upstream, to });
    trace.getActiveSpan()?.addEvent('breaker.transition', { upstream, from, to, reason });
    logger[to === 'open' ? 'warn' : 'info'](
      { event: 'breaker.transition', upstream, from, to, reason },
      `circuit breaker of ${upstream} changed from ${from} to ${to}`,
    );
  };
}
