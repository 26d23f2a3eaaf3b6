import { z } from 'zod';
import { type Indicator, Unwell } from '@film-store/health';
import { newRequestId, requestContext } from '@film-store/core';
import type { Upstream } from '@film-store/resilience';

const alive = z.object({ status: z.literal('ok') });

/** A read that one who is well answers. */
interface Question {
  readonly path: string;
  readonly schema: z.ZodType;
}

const IS_ALIVE: Question = { path: '/health/live', schema: alive };

/** How long the other service has to answer, in milliseconds: less than the report waits for this check. */
const BUDGET_MS = 400;

/**
 * A check of another service: is it there at all? Its own dependencies are its own to report. One whose breaker is
 * open, or lets through a share, is not asked, only told of: what is known of it is known from requests. Nor does the
 * breaker learn from it: who is alive may fail all the same.
 */
export const checkUpstream =
  (upstream: Upstream, { path, schema } = IS_ALIVE): Indicator['check'] =>
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
        await requestContext
          .run({ requestId: newRequestId() }, () => upstream.check(path, schema, BUDGET_MS, signal))
          .catch((cause: unknown) => {
            throw new Unwell((cause as Error).message, { breaker: breaker.state }, { cause });
          });
        return { breaker: breaker.state };
      default:
        return breaker.state satisfies never;
    }
  };
