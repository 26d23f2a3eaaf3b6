import type { BatchObservableResult } from '@opentelemetry/api';
import { lazyInstruments } from '@film-store/core/instruments';
import { BREAKER_STATES } from './core/breaker-state.ts';
import type { PolicyState } from './pipeline.ts';
import { SCOPE } from './spans.ts';
import type { RegistryEntryState } from './upstream.registry.ts';

const instruments = lazyInstruments(SCOPE, (meter) => {
  const gauge = (name: string, description: string, unit = '') =>
    meter.createObservableGauge(name, { description, unit });
  const counter = (name: string, description: string) => meter.createObservableCounter(name, { description });
  const observables = {
    breaker: gauge(
      'upstream.breaker.state',
      '1 for the current state of a circuit breaker, 0 for the others',
    ),
    inFlight: gauge('upstream.bulkhead.in_flight', 'Calls in flight, with abandoned ones'),
    limit: gauge('upstream.bulkhead.limit', 'Calls that may be in flight'),
    queued: gauge('upstream.bulkhead.queued', 'Calls that wait for a permit'),
    abandoned: gauge('upstream.bulkhead.abandoned', 'Calls that continue although their caller has left'),
    timeout: gauge('upstream.timeout', 'Current timeout of an attempt', 's'),
    budget: gauge('upstream.retry.budget', 'Extra attempts that the retry budget allows now'),
    retries: counter('upstream.retries', 'Failed attempts, by outcome: retried, or why there was no retry'),
    hedges: counter('upstream.hedges', 'Second attempts at slow reads, by outcome'),
  };
  return { meter, observables };
});

/**
 * Observes the state of policies when metrics are collected, so that calls have no cost.
 * @returns a function that stops observing; it does not end the series
 */
export function observePolicies(read: () => readonly RegistryEntryState[]): () => void {
  const { meter, observables } = instruments();
  const all = Object.values(observables);
  const observe = (result: BatchObservableResult): void => {
    for (const { name, policies } of read())
      for (const policy of policies) observePolicy(result, observables, name, policy);
  };
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}

function observePolicy(
  result: BatchObservableResult,
  observables: ReturnType<typeof instruments>['observables'],
  upstream: string,
  { policy, state }: PolicyState,
): void {
  switch (policy) {
    case 'retry': {
      const { budget, ...outcomes } = state;
      result.observe(observables.budget, budget, { upstream });
      for (const [outcome, count] of Object.entries(outcomes))
        result.observe(observables.retries, count, { upstream, outcome });
      return;
    }
    case 'hedge':
      for (const [outcome, count] of Object.entries(state))
        result.observe(observables.hedges, count, { upstream, outcome });
      return;
    case 'bulkhead':
      result.observe(observables.inFlight, state.inFlight, { upstream });
      result.observe(observables.limit, state.limit, { upstream });
      result.observe(observables.queued, state.queued, { upstream });
      result.observe(observables.abandoned, state.abandoned, { upstream });
      return;
    case 'breaker':
      for (const each of BREAKER_STATES)
        result.observe(observables.breaker, state.state === each ? 1 : 0, { upstream, state: each });
      return;
    case 'attempt-timeout':
      result.observe(observables.timeout, state.timeoutMs / 1000, { upstream });
      return;
    case 'request-collapsing':
      return;
    default:
      policy satisfies never;
  }
}
