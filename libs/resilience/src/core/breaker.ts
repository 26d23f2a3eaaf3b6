import type CircuitBreaker from 'opossum';
import {
  type BreakerEvent,
  type BreakerState,
  type BreakerStateSettings,
  admission,
  endOf,
  transition,
} from './breaker-state.ts';
import { type BreakerWindowSettings, createBreakerWindow } from './breaker-window.ts';
import { type CallContext, type Classify, type Outcome, type Policy, toOutcome } from './call.ts';
import type { Clock, Random } from '@film-store/core';
import { AttemptTimedOut, BreakerOpen } from './errors.ts';

export interface BreakerSettings extends BreakerWindowSettings, BreakerStateSettings {
  /** So many failures in a row of critical calls, and they are rejected with all others; 0: always. */
  readonly criticalFailures: number;
}

/** Window, error rate, volume and opening time are Hystrix's, as opossum has them, save its volume of 0. */
export const BREAKER_DEFAULTS: BreakerSettings = {
  windowMs: 10_000,
  buckets: 10,
  errorRatePercent: 50,
  volume: 20,
  openMs: 10_000,
  maxOpenMs: 60_000,
  probeLeaseMs: 5_000,
  rampMs: 5_000,
  criticalFailures: 0,
};

export interface BreakerTransition {
  readonly from: BreakerState['kind'];
  readonly to: BreakerState['kind'];
  readonly reason: BreakerEvent;
  /** When it took place, on the breaker's clock; earlier than now where nobody has called in the meantime. */
  readonly at: number;
}

export interface BreakerDeps {
  readonly clock: Clock;
  /** Who is admitted while the ramp lets a share of the calls through. */
  readonly random: Random;
  readonly classify: Classify;
  /** Names the circuit in events and statistics. @default 'circuit' */
  readonly name?: string;
  /** Told each change of state once, in order. Must not throw. */
  readonly onTransition?: (transition: BreakerTransition) => void;
}

export interface BreakerDescription {
  readonly state: BreakerState['kind'];
  /** The share of calls admitted now, from 0 to 1. */
  readonly share: number;
  /** How long that is so, in milliseconds; 0 where all are admitted. */
  readonly retryAfterMs: number;
  /** How long this opening lasts, or the next one would, in milliseconds. */
  readonly openMs: number;
  /** What counts towards opening: settled calls of the window while closed, ignored ones left out. */
  readonly calls: number;
  readonly failures: number;
  readonly totals: BreakerTotals;
}

/** All calls so far, by how they ended; `rejected` are those it did not admit. */
export type BreakerTotals = Readonly<Record<Outcome | 'rejected', number>>;

export interface Breaker {
  /** Rejects with `BreakerOpen` what it does not admit; passes on all else as it is. */
  readonly policy: Policy;
  /**
   * The opossum instance, for exporters and dashboards: listen to its events and read its `stats`. It is closed while
   * the breaker admits calls, all or a fraction, and open otherwise. It records the calls that count while the breaker
   * is closed and the rejections while it is open. Durations are 0: calls are reported when they have settled. Turn the
   * breaker by `setMode` only; the circuit follows it.
   */
  readonly circuit: CircuitBreaker;
  /** `isolated` rejects all calls and `forced-closed` admits all of them, until `auto`. */
  setMode(mode: 'isolated' | 'forced-closed' | 'auto'): void;
  describe(): BreakerDescription;
  /** For good: calls still pass, but no failure counts towards opening any more. May be called twice. */
  dispose(): void;
}

/**
 * Stops calling an upstream that fails, and goes back to it step by step: one probe at a time, then a growing share
 * of the calls. One per upstream, for as long as the process uses it. It has no timers: time that has passed is
 * caught up with whenever somebody calls, answers or looks.
 *
 * Critical calls are judged apart while it is not closed: an upstream that is too slow for many may do the few that it
 * lets in first, so they pass until they fail too.
 *
 * The window (`breaker-window.ts`, opossum) decides that a closed breaker opens; the state machine
 * (`breaker-state.ts`) all that follows; this joins them to the calls.
 */
export function createBreaker(settings: BreakerSettings, deps: BreakerDeps): Breaker {
  const { clock, random, classify, name, onTransition } = deps;
  const window = createBreakerWindow(settings, clock.now(), name);
  const totals = { success: 0, failure: 0, ignored: 0, rejected: 0 };
  /** In a row. */
  let criticalFailures = 0;
  let state: BreakerState = { kind: 'closed', generation: 0, openMs: settings.openMs };

  /** The one place where the state changes. */
  function apply(event: BreakerEvent, at: number): void {
    const from = state.kind;
    state = transition(state, event, at, settings);
    if (state.kind === from) return;
    window.show(REJECTING.has(state.kind) ? 'open' : 'closed');
    if (state.kind === 'closed') window.clear(at);
    onTransition?.({ from, to: state.kind, reason: event, at });
  }

  function catchUp(): number {
    const now = clock.now();
    for (let end = endOf(state, settings); end <= now; end = endOf(state, settings)) apply('elapsed', end);
    return now;
  }

  const passes = (priority: CallContext['priority']): boolean =>
    priority === 'critical' && state.kind !== 'isolated' && criticalFailures < settings.criticalFailures;

  /** @throws BreakerOpen */
  function admit(priority: CallContext['priority']): Admitted {
    // Time alone does not end this state, so the usual call need not read the clock.
    if (state.kind === 'closed') return { generation: state.generation, probe: false };
    const now = catchUp();
    const { share, retryAfterMs } = admission(state, now, settings);
    if (share < 1 && random() >= share) {
      if (passes(priority)) return { generation: APART, probe: false };
      totals.rejected += 1;
      if (REJECTING.has(state.kind)) window.rejected(now);
      throw new BreakerOpen(retryAfterMs);
    }
    const probe = state.kind === 'half-open';
    if (probe) apply('probe', now);
    return { generation: state.generation, probe };
  }

  function settle(generation: number, priority: CallContext['priority'], outcome: Outcome): void {
    totals[outcome] += 1;
    if (priority === 'critical' && outcome !== 'ignored')
      criticalFailures = outcome === 'success' ? 0 : criticalFailures + 1;
    const now = catchUp();
    if (generation !== state.generation) return;
    if (state.kind === 'closed' && outcome === 'success') window.succeeded(now);
    const tripped = state.kind === 'closed' && outcome === 'failure' && window.failed(now);
    apply(tripped ? 'tripped' : outcome, now);
  }

  return {
    policy: (next) => async (context) => {
      const { priority } = context;
      const { generation, probe } = admit(priority);
      let answer;
      try {
        answer = await next(probe ? { ...context, probe } : context);
      } catch (error) {
        const hurried = error instanceof AttemptTimedOut ? error.hurried : undefined;
        settle(generation, priority, toOutcome(classify(error), hurried));
        throw error;
      }
      settle(generation, priority, 'success');
      return answer;
    },
    circuit: window.circuit,
    setMode(mode) {
      apply(mode, catchUp());
    },
    describe() {
      const now = catchUp();
      return {
        state: state.kind,
        ...admission(state, now, settings),
        openMs: state.openMs,
        ...window.counts(now),
        totals: { ...totals },
      };
    },
    dispose: () => window.dispose(),
  };
}

/** States that reject all calls, save a probe and critical calls. */
const REJECTING: ReadonlySet<BreakerState['kind']> = new Set(['open', 'half-open', 'isolated']);

interface Admitted {
  /** That of the state which admitted the call, or `APART`. */
  readonly generation: number;
  readonly probe: boolean;
}

/** Of no generation: says nothing of what is done with other calls. */
const APART = -1;
