import type { FaultRecorder } from '@film-store/core';
import { lazyInstruments } from '@film-store/core/instruments';
import { trace } from '@opentelemetry/api';
import type { InjectedFault } from './active-faults.ts';

const injected = lazyInstruments('@film-store/fault-injection', (meter) =>
  meter.createCounter('faults.injected', { description: 'Injected faults, by fault point and kind' }),
);

/** Counts an injected fault, and marks the span of the attempt and the span of the received request. */
export function recordInjectedFault(
  { point, scenario, effect: { kind } }: InjectedFault,
  span?: FaultRecorder,
): void {
  injected().add(1, { point, kind });
  const attributes = { point, kind, ...(scenario !== undefined && { scenario }) };
  for (const each of new Set([span, trace.getActiveSpan()])) {
    each?.setAttribute('fault.injected', kind);
    each?.addEvent('fault.injected', attributes);
  }
}
