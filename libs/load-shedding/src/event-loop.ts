import { type EventLoopWindow, type Priority, type Random, priorities } from '@film-store/core';

/** Delay at which each priority is limited, as a multiple of `maxDelayMs`. */
const DELAY_FACTOR: Readonly<Record<Priority, number>> = { critical: Infinity, normal: 2, sheddable: 1 };

/** Changes of the admitted fraction after a late and a punctual window: additive increase, multiplicative decrease. */
const DECREASE_FACTOR = 0.7;
const INCREASE = 0.1;
/** Fraction that is always admitted: other processes of the machine may delay the event loop. */
const MIN_FRACTION = 0.1;

/**
 * Sheds requests while the event loop is late. Work that keeps the processor busy queues in the sockets, where the
 * requests in flight do not show it, but it delays the event loop. After each window of the event loop monitor whose
 * 99th percentile exceeds `maxDelayMs`, a smaller fraction of the sheddable requests is admitted; above twice that,
 * also of the normal ones. Critical requests are always admitted.
 *
 * @param read returns the last complete window
 * @returns whether to shed a request of a priority
 */
export function createEventLoopGuard(
  read: () => Pick<EventLoopWindow, 'p99Ms'>,
  maxDelayMs: number,
  random: Random,
): (priority: Priority) => boolean {
  const fractions: Record<Priority, number> = { critical: 1, normal: 1, sheddable: 1 };
  let last: Pick<EventLoopWindow, 'p99Ms'> | undefined;
  let windows = 0;

  return (priority) => {
    const window = read();
    if (window !== last) {
      last = window;
      windows += 1;
      // Windows that started before the first request include the start of the process, which delays the event loop.
      if (windows > 2)
        for (const each of priorities) {
          const isLate = window.p99Ms > maxDelayMs * DELAY_FACTOR[each];
          fractions[each] = isLate
            ? Math.max(MIN_FRACTION, fractions[each] * DECREASE_FACTOR)
            : Math.min(1, fractions[each] + INCREASE);
        }
    }
    return fractions[priority] < 1 && random() >= fractions[priority];
  };
}
