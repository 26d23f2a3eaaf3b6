import type { ServerResponse } from 'node:http';
import { DEGRADED, IDEMPOTENT_REPLAYED, monotonicNow } from '@film-store/core';
import type { WorkOutcome } from './load-shedder.ts';

/**
 * Returns what a response tells of the server's speed. Only a 2xx that did all it was there for is a sample. A 404, a
 * refused body or a replayed response is fast however much there is to do, a failure may be, and a degraded response is
 * as slow as the upstream it gave up. A client that has left may have cut the work short.
 * @param has returns whether the response has a header
 */
export function toWorkOutcome(
  { destroyed, writableFinished }: Pick<ServerResponse, 'destroyed' | 'writableFinished'>,
  { status, has, deadline }: { status: number; has: (header: string) => boolean; deadline: number },
): WorkOutcome {
  if (destroyed && !writableFinished) return 'ignored';
  if (status === 504 && monotonicNow() >= deadline) return 'failure';
  const isFull = !has(DEGRADED) && !has(IDEMPOTENT_REPLAYED);
  return status >= 200 && status < 300 && isFull ? 'success' : 'ignored';
}
