import type { Exit } from './process.ts';

/** EX_CONFIG of sysexits.h: the environment is not valid, so a restart does not help. */
const EXIT_CONFIGURATION = 78;

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
/** After this time the process counts as stable, and the delay of its next restart is the first one. */
const STABLE_AFTER_MS = 30_000;

/** State of a supervised process. Times are milliseconds of one clock. `delay` is the last wait before a restart, or 0. */
export type Lifecycle =
  | { readonly kind: 'down' }
  | { readonly kind: 'up'; readonly since: number; readonly delay: number }
  | { readonly kind: 'backing-off'; readonly exit: Exit; readonly delay: number }
  | { readonly kind: 'stopping'; readonly thenStart: boolean }
  | { readonly kind: 'misconfigured' };

export type LifecycleEvent =
  | { readonly kind: 'start' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'exited'; readonly exit: Exit }
  | { readonly kind: 'due' };

/** Returns the next state, or the same object if nothing changes. Entering `up` starts the process. */
export function transition(state: Lifecycle, event: LifecycleEvent, now: number): Lifecycle {
  switch (state.kind) {
    case 'down':
    case 'misconfigured':
      if (event.kind === 'start') return { kind: 'up', since: now, delay: 0 };
      return event.kind === 'stop' && state.kind === 'misconfigured' ? { kind: 'down' } : state;
    case 'up':
      if (event.kind === 'stop') return { kind: 'stopping', thenStart: false };
      return event.kind === 'exited' ? afterExit(event.exit, state.delay, now - state.since) : state;
    case 'backing-off':
      if (event.kind === 'stop') return { kind: 'down' };
      if (event.kind === 'start') return { kind: 'up', since: now, delay: 0 };
      return event.kind === 'due' ? { kind: 'up', since: now, delay: state.delay } : state;
    case 'stopping':
      if (event.kind === 'exited')
        return state.thenStart ? { kind: 'up', since: now, delay: 0 } : { kind: 'down' };
      if (event.kind === 'due' || state.thenStart === (event.kind === 'start')) return state;
      return { kind: 'stopping', thenStart: event.kind === 'start' };
    default:
      return state satisfies never;
  }
}

function afterExit(exit: Exit, lastDelay: number, upMs: number): Lifecycle {
  if (exit.code === EXIT_CONFIGURATION) return { kind: 'misconfigured' };
  return { kind: 'backing-off', exit, delay: nextDelay(lastDelay, upMs) };
}

/** Returns 1 s, doubled each time up to 30 s, and 1 s again after 30 s in `up`. */
function nextDelay(lastDelay: number, upMs: number): number {
  if (lastDelay === 0 || upMs >= STABLE_AFTER_MS) return FIRST_DELAY_MS;
  return Math.min(2 * lastDelay, LONGEST_DELAY_MS);
}
