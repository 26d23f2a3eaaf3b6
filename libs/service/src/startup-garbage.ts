import type { Clock, EventLoopWatch } from '@film-store/core';

/** Most of the time in which the event loop of a service without load has work, as a fraction: for probes, polls and timers. */
const IDLE_UTILIZATION = 0.1;
const CHECK_EVERY_MS = 5_000;

interface StartupGarbageOptions {
  readonly collect: () => void;
  /** Is stopped after the last collection. */
  readonly eventLoop: EventLoopWatch;
  readonly clock: Clock;
}

/**
 * Collects garbage now, and once more when the service is idle for the first time, 5 s from now or later. Loading the modules has grown
 * the heap, and so does the work after the start, such as the first poll of another service. Without load the heap would not shrink.
 */
export function collectStartupGarbage({ collect, eventLoop, clock }: StartupGarbageOptions): void {
  const wait = (): void => {
    clock.after(CHECK_EVERY_MS, collectIfIdle);
  };
  const collectIfIdle = (): void => {
    if (eventLoop.read().utilization > IDLE_UTILIZATION) return wait();
    eventLoop.stop();
    collect();
  };
  collect();
  wait();
}
