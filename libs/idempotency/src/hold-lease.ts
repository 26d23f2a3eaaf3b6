import type { Clock } from '@film-store/core';
import { after } from './time.ts';

export interface Lease {
  readonly leaseMs: number;
  /** Resolves with `false` if another owner took over. After a rejection the next renewal may succeed. */
  readonly renew: () => Promise<boolean>;
  /** Called once, if another owner took over. */
  readonly onLost: () => void;
}

/** Renews a lease after every third of its duration, until the returned function is called or another owner took over. */
export function holdLease({ leaseMs, renew, onLost }: Lease, timer: Clock['after'] = after): () => void {
  let held = true;
  let disarm = schedule();

  function schedule(): () => void {
    return timer(leaseMs / 3, () => void tick());
  }

  async function tick(): Promise<void> {
    const renewed = await renew().catch(() => true);
    if (!held) return;
    if (renewed) disarm = schedule();
    else {
      held = false;
      onLost();
    }
  }

  return () => {
    held = false;
    disarm();
  };
}
