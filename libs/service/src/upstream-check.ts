import { z } from 'zod';
import { type HealthIndicator, HealthCheckFailed } from '@film-store/health';
import { newRequestId, requestContext } from '@film-store/core';
import type { HttpUpstream } from '@film-store/resilience';

const livenessReport = z.object({ status: z.literal('ok') });

/** A request that a healthy service responds to. */
interface CheckRequest {
  readonly path: string;
  readonly schema: z.ZodType;
}

const LIVENESS: CheckRequest = { path: '/health/live', schema: livenessReport };

/** Timeout of the response, in milliseconds. Shorter than the timeout of health checks. */
const BUDGET_MS = 400;

/**
 * Creates a health check of an upstream's liveness. The upstream reports its own dependencies itself. While the breaker is
 * open, isolated or recovering, the check sends no request and reports the breaker. The result does not change the breaker,
 * because a live service can still fail its requests.
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
        throw new HealthCheckFailed('the breaker is recovering and admits only part of the calls', {
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
