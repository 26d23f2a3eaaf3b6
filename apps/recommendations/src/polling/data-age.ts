import { lazyInstruments } from '@film-store/core/instruments';
import type { ObservableResult } from '@opentelemetry/api';

const age = lazyInstruments('recommendations', (meter) =>
  meter.createObservableGauge('catalog.data.age', {
    unit: 's',
    description: 'Time since all data was last read from catalog, or since startup',
  }),
);

/**
 * Observes the age of polled data whenever metrics are collected.
 * @returns a function that stops the observation; exported series keep their last values
 */
export function observeDataAge(data: string, seconds: () => number): () => void {
  const observe = (result: ObservableResult): void => result.observe(seconds(), { data });
  age().addCallback(observe);
  return () => age().removeCallback(observe);
}
