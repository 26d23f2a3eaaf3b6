import type { Clock } from '@film-store/core';

/** Runs an action later, like the `after` of a clock. Its timer does not keep the process alive. */
export const after: Clock['after'] = (ms, action) => {
  const timer = setTimeout(action, ms).unref();
  return () => clearTimeout(timer);
};

export interface Lease {
  readonly leaseMs: number;
  /** Resolves with `false` if another owner took over. After a rejection the next renewal may succeed. */
  readonly renew: () => Promise<boolean>;
  /** Called once, if another owner took over. */
  readonly onLost: () => void;
}

/** Renews a lease after every third of its duration, until the returned function is called or another owner took over. */
export function holdLease({ leaseMs, renew, onLost }: Lease, timer: Clock['after'] = after): () => void {
  const schedule = (): (() => void) => timer(leaseMs / 3, () => void tick());
  /** Cancels the next renewal. `undefined` after the lease is released or lost. */
  let cancel: (() => void) | undefined = schedule();

  async function tick(): Promise<void> {
    const renewed = await renew().catch(() => true);
    if (!cancel) return;
    cancel = renewed ? schedule() : undefined;
    if (!renewed) onLost();
  }

  return () => {
    cancel?.();
    cancel = undefined;
  };
}
