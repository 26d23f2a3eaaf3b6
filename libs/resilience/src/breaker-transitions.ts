import { lazyInstruments } from '@film-store/core/instruments';
import { trace } from '@opentelemetry/api';
import type { PinoLogger } from 'nestjs-pino';
import { BREAKER_STATES } from './core/breaker-state.ts';
import type { BreakerTransition } from './core/breaker.ts';
import { SCOPE } from './scope.ts';

const transitions = lazyInstruments(SCOPE, (meter) =>
  meter.createCounter('upstream.breaker.transitions', {
    description: 'Changes of state of circuit breakers',
  }),
);

/** Returns what logs and counts each change of a breaker's state once, from zero for every state. */
export function tellTransitions(
  upstream: string,
  logger: PinoLogger,
): (transition: BreakerTransition) => void {
  for (const to of BREAKER_STATES) transitions().add(0, { upstream, to });
  return ({ from, to, reason }) => {
    transitions().add(1, { upstream, to });
    trace.getActiveSpan()?.addEvent('breaker.transition', { upstream, from, to, reason });
    logger[to === 'open' ? 'warn' : 'info'](
      { event: 'breaker.transition', upstream, from, to, reason },
      `breaker of ${upstream}: ${from} → ${to}`,
    );
  };
}
