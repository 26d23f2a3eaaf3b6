import { type After, after } from './time.ts';

export interface Lease {
  readonly leaseMs: number;
  /** Resolves with `false` when somebody has taken over. A rejection says nothing: the next try may go better. */
  readonly renew: () => Promise<boolean>;
  /** Called once, when somebody has taken over. */
  readonly onLost: () => void;
}

/** Renews a lease every third of it, until the returned function is called or somebody has taken over. */
export function holdLease({ leaseMs, renew, onLost }: Lease, timer: After = after): () => void {
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
