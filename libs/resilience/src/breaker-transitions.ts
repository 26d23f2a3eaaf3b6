import { metrics, trace } from '@opentelemetry/api';
import type { PinoLogger } from 'nestjs-pino';
import type { BreakerTransition } from './core/breaker.ts';

const transitions = metrics
  .getMeter('film-store/resilience')
  .createCounter('upstream.breaker.transitions', { description: 'Changes of state of circuit breakers' });

/** Each change of a breaker's state is logged and counted once. */
export const tellTransitions =
  (upstream: string, logger: PinoLogger) =>
  ({ from, to, reason }: BreakerTransition): void => {
    transitions.add(1, { upstream, to });
    trace.getActiveSpan()?.addEvent('breaker.transition', { upstream, from, to, reason });
    logger[to === 'open' ? 'warn' : 'info'](
      { event: 'breaker.transition', upstream, from, to, reason },
      `breaker of ${upstream}: ${from} → ${to}`,
    );
  };
