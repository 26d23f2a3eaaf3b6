import type { Clock, Random } from '@film-store/core';
import {
  BREAKER_STATE_DEFAULTS,
  type BreakerEvent,
  type BreakerState,
  admittedFraction,
  findEnd,
  transition,
} from './breaker-state.ts';
import { BREAKER_WINDOW_DEFAULTS, createBreakerWindow } from './breaker-window.ts';
import { type CallContext, type Classify, type Outcome, type Policy, toOutcome } from './call.ts';
import { AttemptTimedOut, BreakerOpen } from './errors.ts';

export const BREAKER_DEFAULTS = {
  ...BREAKER_WINDOW_DEFAULTS,
  ...BREAKER_STATE_DEFAULTS,
  /** Consecutive failures of critical calls after which they are rejected like all others. 0 rejects them at once. */
  criticalFailures: 0,
};
export type BreakerSettings = Readonly<typeof BREAKER_DEFAULTS>;

export interface BreakerTransition {
  readonly from: BreakerState['kind'];
  readonly to: BreakerState['kind'];
  readonly reason: BreakerEvent;
  /** Time of the change on the breaker's clock. It is in the past if no call came in the meantime. */
  readonly at: number;
}

export interface BreakerDeps {
  readonly clock: Clock;
  /** Decides which calls a recovering breaker admits. */
  readonly random: Random;
  readonly classify: Classify;
  /** Name of the circuit in events and statistics. @default 'circuit' */
  readonly name?: string;
  /** Receives each change of state once, in order. Must not throw. */
  readonly onTransition?: ((transition: BreakerTransition) => void) | undefined;
}

export type Breaker = ReturnType<typeof createBreaker>;
export type BreakerMode = Extract<BreakerEvent, 'isolated' | 'forced-closed' | 'auto'>;
export type BreakerDescription = ReturnType<Breaker['describe']>;

/**
 * Stops calls to an upstream that fails, and resumes them step by step: one probe at a time, then a growing fraction of
 * the calls. Each upstream has one breaker for the life of the process. The breaker has no timers: each call and each
 * `describe` first applies the transitions whose time has come.
 *
 * While the breaker is not closed, critical calls have a count of their own. An upstream that is too slow for many
 * calls may still serve the few that it prefers, so critical calls pass until they fail too.
 *
 * The window (`breaker-window.ts`, opossum) decides when a closed breaker opens, and the state machine
 * (`breaker-state.ts`) everything after that.
 */
export function createBreaker(settings: BreakerSettings, deps: BreakerDeps) {
  const { clock, random, classify, name, onTransition } = deps;
  const window = createBreakerWindow(settings, clock.now(), name);
  const totals = { success: 0, failure: 0, ignored: 0, rejected: 0 };
  let consecutiveCriticalFailures = 0;
  let state: BreakerState = { kind: 'closed', generation: 0, openMs: settings.openMs };

  /** The only function that changes the state. */
  function apply(event: BreakerEvent, at: number): void {
    const from = state.kind;
    state = transition(state, event, at, settings);
    if (state.kind === from) return;
    window.show(REJECTING.has(state.kind) ? 'open' : 'closed');
    if (state.kind === 'closed') window.clear(at);
    onTransition?.({ from, to: state.kind, reason: event, at });
  }

  function applyElapsed(): number {
    const now = clock.now();
    for (let end = findEnd(state, settings); end <= now; end = findEnd(state, settings))
      apply('elapsed', end);
    return now;
  }

  /** @throws BreakerOpen */
  function admit(priority: CallContext['priority']): { generation: number; probe: boolean } {
    // Time does not end this state, so most calls do not read the clock.
    if (state.kind === 'closed') return { generation: state.generation, probe: false };
    const now = applyElapsed();
    const { admittedFraction: fraction, retryAfterMs } = admittedFraction(state, now, settings);
    if (fraction < 1 && random() >= fraction) {
      const { kind } = state;
      const mayPass = priority === 'critical' && kind !== 'isolated';
      if (mayPass && consecutiveCriticalFailures < settings.criticalFailures)
        return { generation: NO_GENERATION, probe: false };
      totals.rejected += 1;
      if (REJECTING.has(kind)) window.rejected(now);
      throw new BreakerOpen(retryAfterMs);
    }
    const probe = state.kind === 'half-open';
    if (probe) apply('probe', now);
    return { generation: state.generation, probe };
  }

  function settle(generation: number, priority: CallContext['priority'], outcome: Outcome): void {
    totals[outcome] += 1;
    if (priority === 'critical' && outcome !== 'ignored')
      consecutiveCriticalFailures = outcome === 'success' ? 0 : consecutiveCriticalFailures + 1;
    const now = applyElapsed();
    if (generation !== state.generation) return;
    if (state.kind === 'closed' && outcome === 'success') window.succeeded(now);
    const tripped = state.kind === 'closed' && outcome === 'failure' && window.failed(now);
    apply(tripped ? 'tripped' : outcome, now);
  }

  const policy: Policy = (next) => async (context) => {
    const { priority } = context;
    const { generation, probe } = admit(priority);
    let value;
    try {
      value = await next(probe ? { ...context, probe } : context);
    } catch (error) {
      const shortenedBy = error instanceof AttemptTimedOut ? error.shortenedBy : undefined;
      settle(generation, priority, toOutcome(classify(error), shortenedBy));
      throw error;
    }
    settle(generation, priority, 'success');
    return value;
  };

  return {
    /** Rejects with `BreakerOpen`, or settles as the call does. */
    policy,
    /**
     * The opossum instance, for exporters and dashboards: listen to its events and read its `stats`. It is closed while
     * the breaker admits calls, all or a fraction, and open otherwise. It records the calls that count while the
     * breaker is closed and the rejections while it is open. Durations are 0: calls are reported when they have
     * settled. Turn the breaker by `setMode` only; the circuit follows it.
     */
    circuit: window.circuit,
    /** `isolated` rejects all calls and `forced-closed` admits all of them, until `auto`. */
    setMode: (mode: BreakerMode): void => apply(mode, applyElapsed()),
    /** Counts the settled calls of the window, without ignored ones, as `calls`, and all calls since the start as `totals`. */
    describe() {
      const now = applyElapsed();
      return {
        state: state.kind,
        ...admittedFraction(state, now, settings),
        openMs: state.openMs,
        ...window.counts(now),
        totals: { ...totals },
      };
    },
    /** Ends the counting for good; calls still pass. May be called twice. */
    dispose: window.dispose,
  };
}

/** States that reject all calls except a probe and critical calls. */
const REJECTING: ReadonlySet<BreakerState['kind']> = new Set(['open', 'half-open', 'isolated']);

/** Generation of a critical call that passes an open breaker. Its result changes no state. */
const NO_GENERATION = -1;
