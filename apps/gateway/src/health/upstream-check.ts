import { z } from 'zod';
import { type HealthIndicator, HealthCheckFailed } from '@film-store/health';
import { newRequestId, requestContext } from '@film-store/core';
import type { HttpUpstream } from '@film-store/resilience';

const alive = z.object({ status: z.literal('ok') });

/** A request that a healthy service can respond to. */
interface CheckRequest {
  readonly path: string;
  readonly schema: z.ZodType;
}

const LIVENESS: CheckRequest = { path: '/health/live', schema: alive };

/** Time for the response, in milliseconds: less than the health report waits for this check. */
const BUDGET_MS = 400;

/**
 * Creates a health check of an upstream that checks only that it runs; an upstream reports its own dependencies itself.
 * While the breaker is open or recovering, the check sends nothing and reports the breaker. Its result does not change
 * the breaker, because a service that runs may still fail its requests.
 */
export const createUpstreamCheck =
  (upstream: HttpUpstream, { path, schema } = LIVENESS): HealthIndicator['check'] =>
  async ({ signal }) => {
    const breaker = upstream.breakerDescription;
    switch (breaker.state) {
      case 'open':
        throw new HealthCheckFailed('the breaker is open', {
          breaker: 'open',
          nextProbeMs: Math.ceil(breaker.retryAfterMs),
        });
      case 'isolated':
        throw new HealthCheckFailed('an operator has isolated the upstream', { breaker: 'isolated' });
      case 'recovering':
        throw new HealthCheckFailed('the circuit breaker admits only a fraction of the calls', {
          breaker: 'recovering',
          admittedFraction: breaker.admittedFraction,
        });
      case 'half-open':
      case 'closed':
      case 'forced-closed':
        await requestContext
          .run({ requestId: newRequestId() }, () => upstream.ping(path, schema, BUDGET_MS, signal))
          .catch((cause: unknown) => {
            throw new HealthCheckFailed((cause as Error).message, { breaker: breaker.state }, { cause });
          });
        return { breaker: breaker.state };
      default:
        return breaker.state satisfies never;
    }
  };
