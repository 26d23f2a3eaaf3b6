export const outcomes = ['whole', 'degraded', 'refused', 'overloaded', 'failed', 'no answer'] as const;
/**
 * What a request came to: a 2xx, or one that says in `X-Degraded` that it is not the best there is; a 4xx, a 503, another
 * status; or nothing.
 */
export type Outcome = (typeof outcomes)[number];

/** One request. */
export interface Sample {
  readonly kind: 'read' | 'order';
  /** When it was due, in milliseconds on any clock. */
  readonly due: number;
  /** Milliseconds from then to the end of the answer, so that a stall counts against all that it delayed. */
  readonly ms: number;
  readonly outcome: Outcome;
}

export function toOutcome(status: number, degraded: boolean): Outcome {
  if (status >= 200 && status < 300) return degraded ? 'degraded' : 'whole';
  if (status >= 400 && status < 500) return 'refused';
  return status === 503 ? 'overloaded' : 'failed';
}

/** Whether its user got what the request was for, be it with less in it. */
export const isDone = ({ outcome }: Sample): boolean => outcome === 'whole' || outcome === 'degraded';
