import { z } from 'zod';
import { type Indicator, Unwell } from '#libs/health';
import { monotonicNow, newRequestId, requestContext } from '#libs/http';
import type { Upstream } from '#libs/resilience';

const alive = z.object({ status: z.literal('ok') });
const isAlive = (service: Upstream): Promise<unknown> => service.get('/health/live', { schema: alive });

/** How long the other service has to answer, in milliseconds: less than the report waits for this check. */
const BUDGET_MS = 400;

/**
 * A check of another service: is it there at all? Its own dependencies are its own to report. One whose breaker is
 * open, or lets through a share, is not asked, only told of: what is known of it is known from requests.
 * @param ask a read that one who is not of this platform answers
 */
export const probeOf =
  (upstream: Upstream, ask: (upstream: Upstream) => Promise<unknown> = isAlive): Indicator['check'] =>
  async ({ signal }) => {
    const breaker = upstream.breaker;
    switch (breaker.state) {
      case 'open':
        throw new Unwell('the breaker is open', {
          breaker: 'open',
          nextProbeMs: Math.ceil(breaker.retryAfterMs),
        });
      case 'manual-open':
        throw new Unwell('the breaker is held open by hand', { breaker: 'manual-open' });
      case 'ramping':
        throw new Unwell('the breaker lets a share through', { breaker: 'ramping', share: breaker.share });
      case 'half-open':
      case 'closed':
      case 'manual-closed':
        await once(upstream, signal, ask);
        return { breaker: upstream.breaker.state };
      default:
        return breaker.state satisfies never;
    }
  };

/** One attempt, as part of a request of its own: who gives it a number retries it, so the upstream's policies do not. */
async function once(
  upstream: Upstream,
  signal: AbortSignal,
  ask: (upstream: Upstream) => Promise<unknown>,
): Promise<void> {
  const deadline = monotonicNow() + BUDGET_MS;
  const request = { requestId: newRequestId(), deadline, signal, retryAttempt: 0 };
  await requestContext
    .run(request, () => ask(upstream))
    .catch((cause: unknown) => {
      throw new Unwell((cause as Error).message, { breaker: upstream.breaker.state }, { cause });
    });
}
