import type { FaultRecorder } from '@film-store/core';
import { lazyInstruments } from '@film-store/core/instruments';
import { trace } from '@opentelemetry/api';
import type { Strike } from './active-faults.ts';

const injected = lazyInstruments('@film-store/fault-injection', (meter) =>
  meter.createCounter('faults.injected', {
    description: 'What went wrong on purpose, by fault point and kind',
  }),
);

/** Counts a strike, and marks the span of what it struck, or else of the request that is served. */
export function tellStrike({ point, scenario, effect: { kind } }: Strike, span?: FaultRecorder): void {
  injected().add(1, { point, kind });
  const attributes = { point, kind, ...(scenario !== undefined && { scenario }) };
  for (const each of new Set([span, trace.getActiveSpan()])) {
    each?.setAttribute('fault.injected', kind);
    each?.addEvent('fault.injected', attributes);
  }
}
