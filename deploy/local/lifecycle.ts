import type { Exit } from './process.ts';

/** sysexits.h EX_CONFIG: the environment is wrong, and starting again will not mend it. */
const EXIT_CONFIGURATION = 78;

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
/** Up for so long, a process counts as sound, and its next death as the first one. */
const SOUND_AFTER_MS = 30_000;

/** Times are milliseconds of one clock. `delay` is the last wait before a restart, 0 where there was none. */
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

/** What follows the event; the very same object where nothing changes. A start is an entry into `up`. */
export function transition(state: Lifecycle, event: LifecycleEvent, now: number): Lifecycle {
  switch (state.kind) {
    case 'down':
    case 'misconfigured':
      if (event.kind === 'start') return { kind: 'up', since: now, delay: 0 };
      return event.kind === 'stop' && state.kind === 'misconfigured' ? { kind: 'down' } : state;
    case 'up':
      if (event.kind === 'stop') return { kind: 'stopping', thenStart: false };
      return event.kind === 'exited' ? afterDeath(event.exit, state.delay, now - state.since) : state;
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

function afterDeath(exit: Exit, lastDelay: number, upMs: number): Lifecycle {
  if (exit.code === EXIT_CONFIGURATION) return { kind: 'misconfigured' };
  return { kind: 'backing-off', exit, delay: nextDelay(lastDelay, upMs) };
}

/** Exponential: 1 s, doubled to at most 30 s, from the start again after 30 s of being up. */
function nextDelay(lastDelay: number, upMs: number): number {
  if (lastDelay === 0 || upMs >= SOUND_AFTER_MS) return FIRST_DELAY_MS;
  return Math.min(2 * lastDelay, LONGEST_DELAY_MS);
}
