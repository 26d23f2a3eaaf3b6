import { type EventLoopWindow, type Priority, type Random, priorities } from '@film-store/core';

/** Delay at which each priority is limited, as a multiple of `maxDelayMs`. */
const DELAY_FACTOR: Readonly<Record<Priority, number>> = { critical: Infinity, normal: 2, sheddable: 1 };

/** Changes of the admitted fraction after a late and a punctual window: additive increase, multiplicative decrease. */
const DECREASE_FACTOR = 0.7;
const INCREASE = 0.1;
/** Fraction that is always admitted, so that the guard notices when the work has become cheaper. */
const MIN_FRACTION = 0.1;

type GuardWindow = Pick<EventLoopWindow, 'p99Ms' | 'cpu'>;

/**
 * Sheds requests while the event loop is late. Work that keeps the processor busy queues in the sockets, where the
 * requests in flight do not show it, but it delays the event loop. After each window of the event loop monitor whose
 * 99th percentile exceeds `maxDelayMs`, a smaller fraction of the sheddable requests is admitted; above twice that,
 * also of the normal ones. Critical requests are always admitted.
 *
 * Only the thread's own part of a delay counts: the delay, multiplied by the fraction of the window in which the thread
 * ran on a CPU. The rest belongs to other processes, or to the CPU limit of a container, and would stay if requests were
 * shed. The concurrency limit still applies, because it follows the latency whatever its cause. Event loop utilization is
 * no measure of this: it includes the time in which the thread waits for a CPU, so it is near 1 beside a busy neighbor too.
 *
 * @param read returns the last complete window
 * @returns whether to shed a request of a priority
 */
export function createEventLoopGuard(
  read: () => GuardWindow,
  maxDelayMs: number,
  random: Random,
): (priority: Priority) => boolean {
  const fractions: Record<Priority, number> = { critical: 1, normal: 1, sheddable: 1 };
  let last: GuardWindow | undefined;
  let windows = 0;

  return (priority) => {
    const window = read();
    if (window !== last) {
      last = window;
      const ownDelayMs = window.p99Ms * window.cpu;
      windows += 1;
      // Windows that started before the first request include the start of the process, which delays the event loop.
      if (windows > 2)
        for (const each of priorities) {
          const isLate = ownDelayMs > maxDelayMs * DELAY_FACTOR[each];
          fractions[each] = isLate
            ? Math.max(MIN_FRACTION, fractions[each] * DECREASE_FACTOR)
            : Math.min(1, fractions[each] + INCREASE);
        }
    }
    return fractions[priority] < 1 && random() >= fractions[priority];
  };
}
