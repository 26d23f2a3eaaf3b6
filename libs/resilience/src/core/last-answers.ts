/** Remembers when each endpoint of an upstream last answered. */
export interface LastAnswers {
  record(url: string, now: number): void;
  /** Returns whether an endpoint other than `url` has answered at `since` or later. */
  ofOthers(url: string, since: number): boolean;
}

/**
 * Tells one slow endpoint from a slow upstream: an attempt that our estimate ended says that its endpoint is at fault
 * only where another one answered while it waited.
 */
export function createLastAnswers(): LastAnswers {
  const answeredAt = new Map<string, number>();
  return {
    record: (url, now) => void answeredAt.set(url, now),
    ofOthers(url, since) {
      for (const [other, at] of answeredAt) if (other !== url && at >= since) return true;
      return false;
    },
  };
}
