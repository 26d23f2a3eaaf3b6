import { lazyInstruments } from '@film-store/core/instruments';
import type { ObservableResult } from '@opentelemetry/api';

const rejected = lazyInstruments('recommendations', (meter) =>
  meter.createObservableGauge('catalog.films.rejected', {
    description: 'Films that the last complete read left out, because they break the contract',
  }),
);

/**
 * Observes the number of rejected films whenever metrics are collected.
 * @returns a function that stops the observation
 */
export function observeRejectedFilms(count: () => number): () => void {
  const observe = (result: ObservableResult): void => result.observe(count());
  rejected().addCallback(observe);
  return () => rejected().removeCallback(observe);
}
