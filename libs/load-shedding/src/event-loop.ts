import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Priority, priorities } from '@film-store/core';

/** The 99th percentile of the event loop's delay since it was last read, in milliseconds. */
export interface LoopDelay {
  read(): number;
  stop(): void;
}

const RESOLUTION_MS = 10;
const NANOSECONDS = 1e6;

/** Watches this process, at the cost of one timer, which runs in native code. */
export function watchLoopDelay(): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    read() {
      const p99Ms = histogram.percentile(99) / NANOSECONDS;
      histogram.reset();
      return p99Ms;
    },
    stop: () => void histogram.disable(),
  };
}

/** Two seconds hold some 200 readings, so that it takes more than one pause, of the garbage collector say, to be late. */
const WINDOW_MS = 2000;

/** How late the loop may be for each priority, as a multiple of `maxDelayMs`. */
const patience: Readonly<Record<Priority, number>> = { critical: Infinity, normal: 2, sheddable: 1 };

/** What a late loop does to the share let in, and what one in time does: additive increase, multiplicative decrease. */
const DECREASE = 0.7;
const INCREASE = 0.1;
/** So many are always let in: the loop may be late for what others do on the machine. */
const LEAST = 0.1;

/**
 * The second signal of overload. Work that keeps the processor busy queues in the sockets, where no count of requests
 * in flight sees it; what it does show in is a loop that comes round late. With each two seconds in which its delay
 * (99th percentile) is above `maxDelayMs`, a smaller share of the sheddable requests is let in, above twice that of the
 * normal ones too; critical ones always. It is read when somebody asks, and no more often.
 *
 * @param random from 0 up to but not including 1, uniform
 * @returns whether to refuse a request for it
 */
export function createEventLoopGuard(read: () => number, maxDelayMs: number, random: () => number) {
  const shares: Record<Priority, number> = { critical: 1, normal: 1, sheddable: 1 };
  let readAt: number | undefined;

  const next = (share: number, late: boolean): number =>
    late ? Math.max(LEAST, share * DECREASE) : Math.min(1, share + INCREASE);

  return (now: number, priority: Priority): boolean => {
    if (readAt === undefined) {
      readAt = now;
      // Starting takes the loop for long, and is over.
      read();
    } else if (now - readAt >= WINDOW_MS) {
      readAt = now;
      const delayMs = read();
      for (const each of priorities) shares[each] = next(shares[each], delayMs > maxDelayMs * patience[each]);
    }
    return shares[priority] < 1 && random() >= shares[priority];
  };
}
