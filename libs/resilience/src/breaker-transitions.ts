import { lazyInstruments } from '@film-store/core/instruments';
import { trace } from '@opentelemetry/api';
import { BREAKER_STATES } from './core/breaker-state.ts';
import type { BreakerTransition } from './core/breaker.ts';
import { NEST_LOGGER, type ResilienceLogger } from './logger.ts';
import { SCOPE } from './scope.ts';

const transitions = lazyInstruments(SCOPE, (meter) =>
  meter.createCounter('upstream.breaker.transitions', {
    description: 'Changes of state of circuit breakers',
  }),
);

/** Returns a listener that logs and counts each change of a breaker's state. The count of every state starts at zero. */
export function createTransitionListener(
  upstream: string,
  logger: ResilienceLogger = NEST_LOGGER,
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
