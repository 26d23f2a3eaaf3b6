import { lazyInstruments } from '@film-store/core/instruments';
import { trace } from '@opentelemetry/api';
import { BreakerOpen, isLocalRejection } from './core/errors.ts';
import { SCOPE } from './scope.ts';

const rejections = lazyInstruments(SCOPE, (meter) =>
  meter.createCounter('upstream.rejections', {
    description: 'Calls refused here, without asking the upstream',
  }),
);

/** Starts the series of an upstream at zero: Prometheus sees no increase in one that is born with its first rejections. */
export function startRejectionSeries(upstream: string): void {
  for (const reason of ['breaker-open', 'bulkhead-full']) rejections().add(0, { upstream, reason });
}

/** Counts a call that was refused here, and marks the request it was made for; does nothing for other errors. */
export function recordRejection(upstream: string, error: unknown): void {
  if (!isLocalRejection(error)) return;
  const reason = error instanceof BreakerOpen ? 'breaker-open' : 'bulkhead-full';
  rejections().add(1, { upstream, reason });
  trace.getActiveSpan()?.addEvent('upstream.rejected', { upstream, reason });
}
