import { type Clock, type Random, pause } from '@film-store/core';
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
import { AttemptTimedOut, BreakerOpen, Cancelled } from './errors.ts';
import { SEQUENTIAL_TEST_DEFAULTS, SequentialTest } from './sequential-test.ts';
import { type AttemptEnd, Silence } from './silence.ts';

export const BREAKER_DEFAULTS = {
  ...BREAKER_WINDOW_DEFAULTS,
  ...BREAKER_STATE_DEFAULTS,
  ...SEQUENTIAL_TEST_DEFAULTS,
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
  /** The latency of calls. @default unknown, and no call is held back */
  readonly latency?: LatencyEstimate;
  /** Name of the circuit in events and statistics. @default 'circuit' */
  readonly name?: string;
  /** Receives each change of state once, in order. Must not throw. */
  readonly onTransition?: ((transition: BreakerTransition) => void) | undefined;
}

export interface LatencyEstimate {
  /** Returns whether an attempt with the full time is in flight. */
  readonly isMeasuring: () => boolean;
  /** Returns the median latency, in milliseconds; `Infinity` while it is unknown. */
  readonly medianMs: (now: number) => number;
  /** Returns the timeout of an attempt, in milliseconds. */
  readonly timeoutMs: (now: number) => number;
}

export type Breaker = ReturnType<typeof createBreaker>;
export type BreakerMode = Extract<BreakerEvent, 'isolated' | 'forced-closed' | 'auto'>;
export type BreakerDescription = ReturnType<Breaker['describe']>;

/**
 * Stops calls to an upstream that fails, and resumes them step by step: one probe at a time, then a growing fraction of
 * the calls. Each upstream has one breaker for the life of the process. The breaker has no timers: each call and each
 * `describe` first applies the transitions whose time has come.
 *
 * A closed breaker opens by evidence or by share. The sequential test (`sequential-test.ts`) needs a few calls if all of
 * them fail. The window (`breaker-window.ts`, opossum) needs a share of failures over some seconds. Both need
 * `minimumCalls` in the window. The state machine (`breaker-state.ts`) decides everything after that.
 *
 * A closed breaker holds calls back while an upstream is silent (`silence.ts`) and an attempt with the full time is in
 * flight: the calls without a response are then enough to decide. Held calls wait about as long as they would take to
 * time out, and are then rejected. If that attempt hangs too, the timeouts before it count as failures. If it gets a
 * response, the upstream is only slower, and the timeouts are dropped.
 *
 * While the breaker does not admit all calls, critical calls have a count of their own. An upstream that is too slow for
 * many calls may still serve the few that it prefers, so critical calls pass until they fail too.
 */
export function createBreaker(settings: BreakerSettings, deps: BreakerDeps) {
  const { clock, random, classify, latency = UNKNOWN_LATENCY, name, onTransition } = deps;
  const window = createBreakerWindow(settings, clock.now(), name);
  const test = new SequentialTest({
    excessFailures: settings.excessFailures,
    errorRate: Math.max(0.5, settings.errorRatePercent / 100),
  });
  const silence = new Silence();
  const totals = { success: 0, failure: 0, ignored: 0, rejected: 0 };
  let consecutiveCriticalFailures = 0;
  let state: BreakerState = { kind: 'closed', generation: 0, openMs: settings.openMs };

  /** The only function that changes the state. */
  function apply(event: BreakerEvent, at: number): void {
    const from = state.kind;
    state = transition(state, event, at, settings);
    if (state.kind === from) return;
    test.restart();
    silence.reset();
    window.show(REJECTING.has(state.kind) ? 'open' : 'closed');
    if (state.kind === 'closed') window.clear(at);
    onTransition?.({ from, to: state.kind, reason: event, at });
  }

  function applyElapsed(): number {
    const now = clock.now();
    for (let end = findEnd(state); end <= now; end = findEnd(state)) apply('elapsed', end);
    return now;
  }

  /** Reads the statistics of opossum, so it is the last condition of others. */
  const mayOpen = (now: number): boolean => window.counts(now).calls >= settings.minimumCalls;

  const isSilent = (): boolean =>
    silence.isLong(test.threshold, latency.medianMs, clock) && mayOpen(clock.now());
  const isHolding = (): boolean => isSilent() && latency.isMeasuring();

  const mayPass = ({ priority }: CallContext): boolean =>
    priority === 'critical' && consecutiveCriticalFailures < settings.criticalFailures;

  /** Returns whether a call waits, because the calls without a response are enough to decide. */
  const isHeld = (context: CallContext): boolean =>
    state.kind === 'closed' &&
    (context.extraAttempt
      ? !silence.allowsExtra(test.threshold * EXTRA_ATTEMPTS_UNTIL) && mayOpen(clock.now())
      : isHolding()) &&
    !mayPass(context);

  /** Returns when a held call ends its wait. A hedge does not wait: its first attempt has a response by then. */
  function hold({ onWait, extraAttempt }: CallContext): number {
    if (extraAttempt?.reason === 'hedge') return reject(HELD_RETRY_AFTER_MS);
    // The hedge that this stops is not started again: it would have even less time.
    onWait?.();
    const now = clock.now();
    return now + Math.max(HELD_MS, latency.timeoutMs(now));
  }

  async function wait({ signal }: CallContext, end: number): Promise<void> {
    if (clock.now() >= end) return reject(HELD_RETRY_AFTER_MS);
    await pause(clock, HELD_CHECK_MS, signal).catch((reason: unknown) => {
      throw new Cancelled('the caller left while the breaker held the call', { cause: reason });
    });
  }

  function reject(retryAfterMs: number): never {
    totals.rejected += 1;
    throw new BreakerOpen(retryAfterMs);
  }

  /** @throws BreakerOpen */
  function admit(context: CallContext): { generation: number; probe: boolean } {
    // Time does not end this state, so most calls do not read the clock.
    if (state.kind === 'closed') return { generation: state.generation, probe: false };
    const now = applyElapsed();
    const { admittedFraction: fraction, retryAfterMs } = admittedFraction(state, now, settings);
    if (fraction < 1 && random() >= fraction) {
      const { kind } = state;
      if (kind !== 'isolated' && mayPass(context)) return { generation: NO_GENERATION, probe: false };
      if (REJECTING.has(kind)) window.rejected(now);
      return reject(retryAfterMs);
    }
    const probe = state.kind === 'half-open';
    if (probe) apply('probe', now);
    return { generation: state.generation, probe };
  }

  /** Returns whether one more failure opens a closed breaker. */
  function trips(timedOut: boolean, now: number): boolean {
    const byShare = window.failed(now);
    const byEvidence = test.failed(timedOut ? 1 + silence.takeTimeouts() : 1);
    return byShare || (byEvidence && window.circuit.enabled && mayOpen(now));
  }

  function settle(
    generation: number,
    priority: CallContext['priority'],
    outcome: Outcome,
    timedOut: boolean,
  ): void {
    totals[outcome] += 1;
    if (priority === 'critical' && outcome !== 'ignored')
      consecutiveCriticalFailures = outcome === 'success' ? 0 : consecutiveCriticalFailures + 1;
    const now = applyElapsed();
    if (generation !== state.generation) return;
    if (state.kind === 'closed' && outcome === 'success') {
      window.succeeded(now);
      test.succeeded();
    }
    const tripped = state.kind === 'closed' && outcome === 'failure' && trips(timedOut, now);
    apply(tripped ? 'tripped' : outcome, now);
  }

  const policy: Policy = (next) => async (context) => {
    const { priority } = context;
    let waited = false;
    // The call starts in the same turn as the last check, so that only one call measures.
    for (let end: number | undefined; isHeld(context); waited = true) {
      end ??= hold(context);
      await wait(context, end);
    }
    const { generation, probe } = admit(context);
    const measures = state.kind === 'closed' && !waited && isSilent();
    silence.start(context.extraAttempt !== undefined);
    let value;
    try {
      value = await next(probe || measures ? { ...context, probe, measures } : context);
    } catch (error) {
      const timedOut = error instanceof AttemptTimedOut;
      const shortenedBy = timedOut ? error.shortenedBy : undefined;
      // A call that has waited has less time before its deadline, so its timeout shows nothing.
      const outcome = timedOut && waited ? 'ignored' : toOutcome(classify(error), shortenedBy);
      silence.end(toAttemptEnd(outcome, timedOut, shortenedBy));
      settle(generation, priority, outcome, timedOut);
      throw error;
    }
    silence.end('response');
    settle(generation, priority, 'success', false);
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
    /**
     * Counts the settled calls of the window, without ignored ones, as `calls`, and all calls since the start as
     * `totals`. `evidence` has the excess of failures over successes, the excess that opens the breaker, and the learnt
     * fraction of failures.
     */
    describe() {
      const now = applyElapsed();
      const held = state.kind === 'closed' && isHolding();
      return {
        state: state.kind,
        ...(held ? HELD : admittedFraction(state, now, settings)),
        openMs: state.openMs,
        ...window.counts(now),
        evidence: { excess: test.excess, threshold: test.threshold, baseline: test.baseline },
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

/** Part of the test's threshold from which calls without a response limit extra attempts to one at a time. */
const EXTRA_ATTEMPTS_UNTIL = 1 / 3;

/**
 * Longest wait of a held call, in milliseconds, unless the timeout of an attempt is longer: as long as it would take to
 * time out and be retried.
 */
const HELD_MS = 250;
const HELD_CHECK_MS = 25;

const UNKNOWN_LATENCY: LatencyEstimate = {
  isMeasuring: () => false,
  medianMs: () => Infinity,
  timeoutMs: () => 0,
};

/** Time until a held call may succeed, in milliseconds: an attempt with the full time takes about as long. */
const HELD_RETRY_AFTER_MS = 1_000;
const HELD = { admittedFraction: 0, retryAfterMs: HELD_RETRY_AFTER_MS };

/** A failure that is not a timeout is a response, such as a 503. So is a refused connection. */
function toAttemptEnd(
  outcome: Outcome,
  timedOut: boolean,
  shortenedBy: CallContext['shortenedBy'],
): AttemptEnd {
  if (timedOut && outcome === 'ignored') return shortenedBy === 'estimate' ? 'timeout' : 'unknown';
  return outcome === 'failure' && !timedOut ? 'response' : 'unknown';
}
