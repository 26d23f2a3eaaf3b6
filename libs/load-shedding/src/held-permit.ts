import type { ServerResponse } from 'node:http';
import { DEGRADED, IDEMPOTENT_REPLAYED, monotonicNow } from '@film-store/core';
import type { Permit, WorkOutcome } from './load-shedder.ts';

/** The part of Fastify's reply and Node's response that shows how a request ended. */
type Response = Pick<ServerResponse, 'statusCode' | 'hasHeader'>;

/**
 * Holds the permit of one request until its handler has settled. A client that leaves or a deadline that passes does
 * not end the work. A client that reads its response slowly causes no work. The latency of the work counts from the
 * permit, so that it includes the time in which the request waits for its start.
 */
export class HeldPermit {
  readonly #permit: Permit;
  readonly #getOutcome: () => WorkOutcome;
  readonly #startedAt = monotonicNow();
  #isUsed = false;

  constructor(permit: Permit, deadline: number, response: Response, raw: ServerResponse) {
    this.#permit = permit;
    this.#getOutcome = () => toWorkOutcome(response, raw, deadline);
  }

  /** Starts the work, and returns the function to call when the handler has settled. */
  begin(): () => void {
    this.#isUsed = true;
    return () => this.#permit.release(this.#getOutcome(), monotonicNow() - this.#startedAt);
  }

  /** Releases the permit, and returns `true`, unless the handler has started. */
  releaseUnused(): boolean {
    if (!this.#isUsed) this.#permit.release('ignored', 0);
    return !this.#isUsed;
  }
}

/**
 * Returns what a response shows about the speed of the server. Only a complete 2xx is a sample. A 404, a rejected body
 * or a replayed response is fast at any load, and so may a failure be. A degraded response is as slow as its failed
 * upstream. A client that has left may have ended the work early.
 */
function toWorkOutcome(
  response: Response,
  { destroyed, writableFinished }: ServerResponse,
  deadline: number,
): WorkOutcome {
  const { statusCode: status } = response;
  if (destroyed && !writableFinished) return 'ignored';
  if (status === 504 && monotonicNow() >= deadline) return 'failure';
  const isComplete = !response.hasHeader(DEGRADED) && !response.hasHeader(IDEMPOTENT_REPLAYED);
  return status >= 200 && status < 300 && isComplete ? 'success' : 'ignored';
}
