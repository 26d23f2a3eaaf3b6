export interface BreakerStateSettings {
  /** How long it stays open the first time, in milliseconds. */
  readonly openMs: number;
  /** How long it stays open at most, in milliseconds; each failed probe doubles the time up to this. */
  readonly maxOpenMs: number;
  /** A probe without an answer after this many milliseconds has failed; longer than an attempt may take. */
  readonly probeLeaseMs: number;
  /** How long it takes from a successful probe to full admission, in milliseconds. */
  readonly rampMs: number;
}

/** The shares of calls admitted in the equal steps of a ramp, each from 0 to 1; after the last, all are. */
export const RECOVERY_FRACTIONS: readonly number[] = [0.1, 0.25, 0.5];

interface Common {
  /**
   * Rises whenever calls already under way stop being evidence: it opens, waits for a new probe, or is taken over by
   * hand. A call's result counts only in the generation that admitted it.
   */
  readonly generation: number;
  /** How long this opening lasts, or the next one would, in milliseconds. */
  readonly openMs: number;
}

interface Closed extends Common {
  readonly kind: 'closed';
}
interface Open extends Common {
  readonly kind: 'open';
  readonly until: number;
}
interface HalfOpen extends Common {
  readonly kind: 'half-open';
  /** When the probe under way counts as failed; none is while this is undefined. */
  readonly leaseEnds: number | undefined;
}
interface Ramping extends Common {
  readonly kind: 'recovering';
  readonly since: number;
  readonly successes: number;
  readonly failures: number;
}
interface ManualOpen extends Common {
  readonly kind: 'isolated';
}
interface ManualClosed extends Common {
  readonly kind: 'forced-closed';
}

export type BreakerState = Closed | Open | HalfOpen | Ramping | ManualOpen | ManualClosed;

/** The names of all states, for metrics. */
export const BREAKER_STATES = [
  'closed',
  'open',
  'half-open',
  'recovering',
  'isolated',
  'forced-closed',
] as const satisfies readonly BreakerState['kind'][];

/**
 * What may happen to a breaker: the time of its state ran out (`elapsed`), the failures of a closed one became too
 * many (`tripped`), a probe set out (`probe`), a call of this generation settled, or somebody turned the switch.
 */
export type BreakerEvent =
  'elapsed' | 'tripped' | 'probe' | 'success' | 'failure' | 'ignored' | 'isolated' | 'forced-closed' | 'auto';

/**
 * | state | event | becomes |
 * |---|---|---|
 * | closed | tripped | open |
 * | open | elapsed | half-open, no probe yet |
 * | half-open | probe | half-open, the probe under lease |
 * | half-open | success | recovering |
 * | half-open | failure, elapsed (the lease) | open for twice as long |
 * | half-open | ignored | half-open, no probe yet |
 * | recovering | success, or failure while no more calls of the ramp failed than succeeded | recovering |
 * | recovering | failure otherwise | open for as long as before |
 * | recovering | elapsed | closed |
 * | any | isolated, forced-closed | the same |
 * | isolated | auto | half-open: a probe first |
 * | forced-closed | auto | closed |
 *
 * Anything else changes nothing, save that a success while closed ends the growth of the opening time. Calls of the
 * ramp are of the generation of the probe, and so are those after it: what the ramp let through counts when closed.
 */
export function transition(
  state: BreakerState,
  event: BreakerEvent,
  at: number,
  settings: BreakerStateSettings,
): BreakerState {
  if (event === 'isolated' || event === 'forced-closed') {
    if (state.kind === event) return state;
    return { kind: event, generation: state.generation + 1, openMs: settings.openMs };
  }
  switch (state.kind) {
    case 'closed':
      if (event === 'tripped') return open(state, state.openMs, at);
      if (event === 'success' && state.openMs !== settings.openMs)
        return { ...state, openMs: settings.openMs };
      return state;
    case 'open':
      return event === 'elapsed' ? halfOpen(state) : state;
    case 'half-open':
      if (event === 'probe') return { ...state, leaseEnds: at + settings.probeLeaseMs };
      if (event === 'success')
        return { ...common(state), kind: 'recovering', since: at, successes: 0, failures: 0 };
      if (event === 'ignored') return halfOpen(state);
      if (event === 'failure' || event === 'elapsed') {
        return open(state, Math.min(state.openMs * 2, settings.maxOpenMs), at);
      }
      return state;
    case 'recovering':
      if (event === 'success') return { ...state, successes: state.successes + 1 };
      // One failure must not end a ramp of a thousand calls: no upstream is free of them.
      if (event === 'failure') {
        return state.failures < state.successes
          ? { ...state, failures: state.failures + 1 }
          : open(state, state.openMs, at);
      }
      return event === 'elapsed' ? { ...common(state), kind: 'closed' } : state;
    case 'isolated':
      return event === 'auto' ? halfOpen(state) : state;
    case 'forced-closed':
      return event === 'auto'
        ? { kind: 'closed', generation: state.generation + 1, openMs: state.openMs }
        : state;
    default:
      return state satisfies never;
  }
}

/** When a state's time runs out, which is `elapsed` to it; `Infinity` for one that lasts. */
export function endOf(state: BreakerState, settings: BreakerStateSettings): number {
  switch (state.kind) {
    case 'open':
      return state.until;
    case 'half-open':
      return state.leaseEnds ?? Infinity;
    case 'recovering':
      return state.since + settings.rampMs;
    case 'closed':
    case 'isolated':
    case 'forced-closed':
      return Infinity;
    default:
      return state satisfies never;
  }
}

/**
 * The share of calls to admit, from 0 to 1, and, where that is not all, when it is worth asking again. A breaker
 * opened by hand stays so for nobody knows how long: its callers are told the time of a first opening.
 */
export function admission(
  state: BreakerState,
  now: number,
  settings: BreakerStateSettings,
): { readonly share: number; readonly retryAfterMs: number } {
  switch (state.kind) {
    case 'closed':
    case 'forced-closed':
      return ALL;
    case 'open':
      return { share: 0, retryAfterMs: state.until - now };
    case 'half-open':
      return state.leaseEnds === undefined ? ALL : { share: 0, retryAfterMs: state.leaseEnds - now };
    case 'recovering': {
      const stepMs = settings.rampMs / RECOVERY_FRACTIONS.length;
      const step = Math.floor((now - state.since) / stepMs);
      return { share: RECOVERY_FRACTIONS[step] ?? 1, retryAfterMs: state.since + (step + 1) * stepMs - now };
    }
    case 'isolated':
      return { share: 0, retryAfterMs: settings.openMs };
    default:
      return state satisfies never;
  }
}

const ALL = { share: 1, retryAfterMs: 0 };

const common = ({ generation, openMs }: Common): Common => ({ generation, openMs });

const open = ({ generation }: Common, openMs: number, at: number): Open => ({
  kind: 'open',
  generation: generation + 1,
  openMs,
  until: at + openMs,
});

const halfOpen = ({ generation, openMs }: Common): HalfOpen => ({
  kind: 'half-open',
  generation: generation + 1,
  openMs,
  leaseEnds: undefined,
});
