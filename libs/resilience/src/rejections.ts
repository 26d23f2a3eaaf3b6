import { metrics, trace } from '@opentelemetry/api';
import { BreakerOpen, isLocalRejection } from './core/errors.ts';

const rejections = metrics
  .getMeter('film-store/resilience')
  .createCounter('upstream.rejections', { description: 'Calls refused here, without asking the upstream' });

/** Counts a call that was refused here, and marks the request it was made for; does nothing for other errors. */
export function tellRejection(upstream: string, error: unknown): void {
  if (!isLocalRejection(error)) return;
  const reason = error instanceof BreakerOpen ? 'breaker-open' : 'bulkhead-full';
  rejections.add(1, { upstream, reason });
  trace.getActiveSpan()?.addEvent('upstream.rejected', { upstream, reason });
}
