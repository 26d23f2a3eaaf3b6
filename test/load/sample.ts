export const outcomes = ['whole', 'degraded', 'rejected', 'overloaded', 'failed', 'no response'] as const;
/**
 * Result of a request: a complete 2xx, a 2xx that `X-Degraded` marks as degraded, a 4xx, a 503, another status, or no
 * response.
 */
export type Outcome = (typeof outcomes)[number];

/** One request. */
export interface Sample {
  readonly kind: 'read' | 'order';
  /** Due time, in milliseconds on any clock. */
  readonly due: number;
  /** Milliseconds from then to the end of the response, so that a stall counts for all requests that it delayed. */
  readonly ms: number;
  readonly outcome: Outcome;
}

export function toOutcome(status: number, degraded: boolean): Outcome {
  if (status >= 200 && status < 300) return degraded ? 'degraded' : 'whole';
  if (status >= 400 && status < 500) return 'rejected';
  return status === 503 ? 'overloaded' : 'failed';
}

/** Returns whether the user got a page or an order, degraded or not. */
export const isDone = ({ outcome }: Sample): boolean => outcome === 'whole' || outcome === 'degraded';
