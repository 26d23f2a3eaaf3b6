export const BREAKER_STATE_DEFAULTS = {
  /** Time that the first opening lasts, in milliseconds. */
  openMs: 10_000,
  /** Longest time of an opening, in milliseconds. Each failed probe doubles the time up to this. */
  maxOpenMs: 60_000,
  /** Time after which a probe without a response counts as failed, in milliseconds. Longer than an attempt may take. */
  probeTimeoutMs: 5_000,
  /** Time from a successful probe until all calls are admitted, in milliseconds. */
  recoveryMs: 5_000,
  /**
   * Successes in excess of failures, with the probe, that close a breaker after a failure in its recovery. From 1. It is
   * the threshold of the sequential test for one wrong decision in 100: 2.5 · ln(100) / ln(19), rounded up. A recovery
   * without a failure ends after its time.
   */
  recoverySuccesses: 4,
};
export type BreakerStateSettings = Readonly<typeof BREAKER_STATE_DEFAULTS>;

/** Fractions of calls that are admitted in the equal steps of a recovery. All are admitted after the last step. */
export const RECOVERY_FRACTIONS: readonly number[] = [0.1, 0.25, 0.5];

interface Common {
  /**
   * Rises when the results of running calls must not count any more: at an opening, before a new probe and when an
   * operator changes the mode. A result counts only in the generation that admitted its call.
   */
  readonly generation: number;
  /** Time that this opening, or the next one, lasts, in milliseconds. */
  readonly openMs: number;
}

/** Times are in milliseconds on the breaker's clock. */
export type BreakerState = Common &
  (
    | { readonly kind: 'closed' | 'isolated' | 'forced-closed' }
    | { readonly kind: 'open'; readonly until: number }
    /** `probeEndsAt` is absent while no probe runs. */
    | { readonly kind: 'half-open'; readonly probeEndsAt: number | undefined }
    | {
        readonly kind: 'recovering';
        readonly since: number;
        /** Successes in excess of failures, with the probe, up to `recoverySuccesses`. */
        readonly credit: number;
        /** Absent from a failure until the credit is complete. */
        readonly closesAt: number | undefined;
      }
  );

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
 * `elapsed`: the time of the state is over. `tripped`: a closed breaker had too many failures. `probe`: a probe has
 * started. `success`, `failure`, `ignored`: a call of this generation has settled. The others: an operator sets the
 * mode.
 */
export type BreakerEvent =
  'elapsed' | 'tripped' | 'probe' | 'success' | 'failure' | 'ignored' | 'isolated' | 'forced-closed' | 'auto';

/**
 * Returns the state after `event`; `state` itself if the event does not change it. Calls of the recovery have the
 * generation of the probe, which stays: their results still count when the breaker is closed.
 */
export function transition(
  state: BreakerState,
  event: BreakerEvent,
  at: number,
  settings: BreakerStateSettings,
): BreakerState {
  const { generation, openMs } = state;
  if (event === 'isolated' || event === 'forced-closed') {
    if (state.kind === event) return state;
    return { kind: event, generation: generation + 1, openMs: settings.openMs };
  }
  switch (state.kind) {
    case 'closed':
      if (event === 'tripped') return open(state, openMs, at);
      return event === 'success' && openMs !== settings.openMs
        ? { ...state, openMs: settings.openMs }
        : state;
    case 'open':
      return event === 'elapsed' ? halfOpen(state) : state;
    case 'half-open':
      if (event === 'probe') return { ...state, probeEndsAt: at + settings.probeTimeoutMs };
      if (event === 'success')
        return {
          kind: 'recovering',
          generation,
          openMs,
          since: at,
          credit: 1,
          closesAt: at + settings.recoveryMs,
        };
      if (event === 'ignored') return halfOpen(state);
      if (event === 'failure' || event === 'elapsed')
        return open(state, Math.min(openMs * 2, settings.maxOpenMs), at);
      return state;
    case 'recovering':
      if (event === 'success') {
        const credit = Math.min(state.credit + 1, settings.recoverySuccesses);
        const isComplete = credit === settings.recoverySuccesses;
        const closesAt = isComplete ? Math.max(at, state.since + settings.recoveryMs) : state.closesAt;
        return { ...state, credit, closesAt };
      }
      // Every upstream fails now and then, so a failure takes back one success only. But credit is limited, so that an
      // upstream that fails again gets few calls.
      if (event === 'failure')
        return state.credit > 1
          ? { ...state, credit: state.credit - 1, closesAt: undefined }
          : open(state, openMs, at);
      return event === 'elapsed' ? { kind: 'closed', generation, openMs } : state;
    case 'isolated':
      return event === 'auto' ? halfOpen(state) : state;
    case 'forced-closed':
      return event === 'auto' ? { kind: 'closed', generation: generation + 1, openMs } : state;
    default:
      return state satisfies never;
  }
}

/** Returns when the time of a state is over (`elapsed`); `Infinity` for a state without an end. */
export function findEnd(state: BreakerState): number {
  switch (state.kind) {
    case 'open':
      return state.until;
    case 'half-open':
      return state.probeEndsAt ?? Infinity;
    case 'recovering':
      return state.closesAt ?? Infinity;
    case 'closed':
    case 'isolated':
    case 'forced-closed':
      return Infinity;
    default:
      return state satisfies never;
  }
}

export interface AdmittedFraction {
  /** Fraction of calls that are admitted now, 0 to 1. */
  readonly admittedFraction: number;
  /** Time until the fraction may change, in milliseconds; 0 if all calls are admitted. */
  readonly retryAfterMs: number;
}

/** The end of an isolation is unknown, so its callers get the time of a first opening. */
export function admittedFraction(
  state: BreakerState,
  now: number,
  settings: BreakerStateSettings,
): AdmittedFraction {
  switch (state.kind) {
    case 'closed':
    case 'forced-closed':
      return ADMIT_ALL;
    case 'open':
      return admitNone(state.until - now);
    case 'half-open':
      return state.probeEndsAt === undefined ? ADMIT_ALL : admitNone(state.probeEndsAt - now);
    case 'recovering': {
      if (now >= state.since + settings.recoveryMs) return ADMIT_ALL;
      const stepMs = settings.recoveryMs / RECOVERY_FRACTIONS.length;
      const step = Math.floor((now - state.since) / stepMs);
      return {
        admittedFraction: RECOVERY_FRACTIONS[step] ?? 1,
        retryAfterMs: state.since + (step + 1) * stepMs - now,
      };
    }
    case 'isolated':
      return admitNone(settings.openMs);
    default:
      return state satisfies never;
  }
}

const ADMIT_ALL: AdmittedFraction = { admittedFraction: 1, retryAfterMs: 0 };
const admitNone = (retryAfterMs: number): AdmittedFraction => ({ admittedFraction: 0, retryAfterMs });

const open = ({ generation }: Common, openMs: number, at: number): BreakerState => ({
  kind: 'open',
  generation: generation + 1,
  openMs,
  until: at + openMs,
});

const halfOpen = ({ generation, openMs }: Common): BreakerState => ({
  kind: 'half-open',
  generation: generation + 1,
  openMs,
  probeEndsAt: undefined,
});
