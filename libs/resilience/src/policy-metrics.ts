import { lazyInstruments } from '@film-store/core/instruments';
import type { BatchObservableResult, Meter } from '@opentelemetry/api';
import { BREAKER_STATES } from './core/breaker-state.ts';
import type { PolicyState } from './pipeline.ts';
import { SCOPE } from './scope.ts';

const instruments = lazyInstruments(SCOPE, (meter) => ({
  meter,
  observed: observed(meter),
}));

function observed(meter: Meter) {
  const gauge = (name: string, description: string, unit = '') =>
    meter.createObservableGauge(name, { description, unit });
  const counter = (name: string, description: string) => meter.createObservableCounter(name, { description });
  return {
    breaker: gauge('upstream.breaker.state', '1 for the state a circuit breaker is in, 0 for the others'),
    inFlight: gauge('upstream.bulkhead.in_flight', 'Calls under way'),
    queued: gauge('upstream.bulkhead.queued', 'Calls that wait for one under way to end'),
    abandoned: gauge('upstream.bulkhead.abandoned', 'Calls under way that nobody waits for any more'),
    timeout: gauge('upstream.timeout', 'How long an attempt may take now', 's'),
    budget: gauge('upstream.retry.budget', 'Extra attempts that could be paid for now'),
    retries: counter(
      'upstream.retries',
      'Failed attempts, by what came of them: another one, or why there was none',
    ),
    hedges: counter('upstream.hedges', 'Second attempts at slow reads: made, won, or not paid for'),
  };
}

interface Described {
  readonly name: string;
  readonly policies: readonly PolicyState[];
}

/**
 * Makes metrics of the policies' state. It is read when metrics are collected, so that calls pay nothing for it.
 * @returns a function that stops observing; it does not end the series
 */
export function observePolicies(read: () => readonly Described[]): () => void {
  const { meter, observed } = instruments();
  const all = Object.values(observed);
  const observe = (result: BatchObservableResult): void => {
    for (const { name, policies } of read()) for (const each of policies) tell(result, observed, name, each);
  };
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}

function tell(
  result: BatchObservableResult,
  instruments: ReturnType<typeof observed>,
  upstream: string,
  { policy, state }: PolicyState,
): void {
  switch (policy) {
    case 'retry': {
      const { budget, retried, ...stopped } = state;
      result.observe(instruments.budget, budget, { upstream });
      for (const [outcome, count] of Object.entries({ retried, ...stopped }))
        result.observe(instruments.retries, count, { upstream, outcome });
      return;
    }
    case 'hedge':
      for (const [outcome, count] of Object.entries(state))
        result.observe(instruments.hedges, count as number, { upstream, outcome });
      return;
    case 'bulkhead':
      result.observe(instruments.inFlight, state.inFlight, { upstream });
      result.observe(instruments.queued, state.queued, { upstream });
      result.observe(instruments.abandoned, state.abandoned, { upstream });
      return;
    case 'breaker':
      for (const each of BREAKER_STATES)
        result.observe(instruments.breaker, state.state === each ? 1 : 0, { upstream, state: each });
      return;
    case 'attempt-timeout':
      result.observe(instruments.timeout, state.timeoutMs / 1000, { upstream });
      return;
    case 'request-collapsing':
      return;
    default:
      policy satisfies never;
  }
}
