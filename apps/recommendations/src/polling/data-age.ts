import { lazyInstruments } from '@film-store/core/instruments';
import type { ObservableResult } from '@opentelemetry/api';

const age = lazyInstruments('recommendations', (meter) =>
  meter.createObservableGauge('catalog.data.age', {
    unit: 's',
    description: 'How long ago something of catalog was last read, or polling began',
  }),
);

/**
 * Observes the age of polled data whenever metrics are collected.
 * @returns a function that stops observing; it does not end the series
 */
export function observeDataAge(data: string, seconds: () => number): () => void {
  const observe = (result: ObservableResult): void => result.observe(seconds(), { data });
  age().addCallback(observe);
  return () => age().removeCallback(observe);
}
