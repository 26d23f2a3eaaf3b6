/** A circuit breaker of our gateway that was open since the begin of the fault. */
export interface BreakerSeen {
  readonly upstream: string;
  readonly state: string;
  /** Time from the begin of the fault to the first opening, in seconds. */
  readonly openedAfterS: number;
}

/** Observations of one side in the last seconds. Rates are per second. */
export interface SideSeen {
  readonly good: number;
  readonly degraded: number;
  readonly failed: number;
  readonly sent: number;
  readonly callsPerRequest: number;
  /** Calls that the fault let fail. */
  readonly failedCalls: number;
  /** Calls to upstreams without a response now. */
  readonly openCalls: number;
  /** Longest time that a customer waits now, in seconds. */
  readonly longestWaitS: number;
}

export interface Seen {
  readonly ours: SideSeen & {
    readonly breakers: readonly BreakerSeen[];
    /** Reasons of degraded responses, the most frequent first. */
    readonly reasons: readonly string[];
    /** Calls that breakers rejected. */
    readonly rejectedCalls: number;
    /** Requests that load shedding rejected. */
    readonly shed: number;
  };
  readonly twin: SideSeen;
}

/** From here on, open calls and waits are more than those of a normal second. */
const MANY_OPEN_CALLS = 10;
const LONG_WAIT_S = 2;
const RETRIES_SEEN = 1.15;
const SOME = 0.2;

/** Returns one sentence that says why the two sides differ, from what was seen. */
export function explain({ ours, twin }: Seen): string {
  const our = explainOurs(ours);
  const twins = explainTwin(twin, ours);
  if (twins.length === 0 && our.length === 0) return 'Both gateways respond alike.';
  return [
    our.length > 0 && `Ours ${join(our)}`,
    twins.length > 0 && `${our.length > 0 ? 'the' : 'The'} naive twin ${join(twins)}`,
  ]
    .filter(Boolean)
    .join('; ')
    .concat('.');
}

function explainOurs(ours: Seen['ours']): string[] {
  const facts = ours.breakers.map(({ upstream, state, openedAfterS }) =>
    state === 'closed'
      ? `calls ${upstream} again, because its circuit breaker has closed`
      : `opened its circuit breaker to ${upstream} after ${openedAfterS} s (now ${state})`,
  );
  if (ours.rejectedCalls >= 1) facts.push(`spares its upstreams ${formatRate(ours.rejectedCalls, 'calls')}`);
  if (ours.degraded >= SOME) {
    const reasons = ours.reasons.length > 0 ? ` (${ours.reasons.join(', ')})` : '';
    facts.push(`sends ${formatRate(ours.degraded, 'pages')} with a substitute${reasons}`);
  }
  if (ours.shed >= SOME) facts.push(`sheds ${formatRate(ours.shed, 'requests')}`);
  if (ours.failedCalls >= SOME && ours.failed < ours.failedCalls / 2)
    facts.push(
      `repeats its ${formatRate(ours.failedCalls, 'failed calls')}, orders too, under their idempotency key`,
    );
  return facts;
}

function explainTwin(twin: SideSeen, ours: SideSeen): string[] {
  const facts: string[] = [];
  if (twin.openCalls > MANY_OPEN_CALLS && twin.openCalls > 2 * ours.openCalls)
    facts.push(`has no timeout, so ${twin.openCalls} of its calls are open`);
  if (twin.longestWaitS > LONG_WAIT_S && twin.longestWaitS > 2 * ours.longestWaitS)
    facts.push(`lets a customer wait for ${Math.round(twin.longestWaitS)} s`);
  if (twin.callsPerRequest > RETRIES_SEEN * ours.callsPerRequest)
    facts.push(
      `makes ${twin.callsPerRequest.toFixed(1)} calls per request (ours ${ours.callsPerRequest.toFixed(1)})`,
    );
  if (twin.good < (ours.good + ours.degraded) / 2) {
    facts.push(
      `serves ${twin.good === 0 ? 'none' : formatNumber(twin.good)} of ${formatRate(twin.sent, 'requests')}`,
    );
  } else if (twin.failed >= SOME && twin.failed > 2 * ours.failed) {
    const calls =
      twin.failedCalls >= SOME
        ? `, because it repeats no order (${formatRate(twin.failedCalls, 'failed calls')})`
        : '';
    facts.push(`fails ${formatRate(twin.failed, 'requests')}${calls}`);
  }
  return facts;
}

const formatNumber = (value: number): string => (value < 9.95 ? value.toFixed(1) : String(Math.round(value)));
const formatRate = (value: number, unit: string): string => `${formatNumber(value)} ${unit} per second`;

const join = (facts: readonly string[]): string =>
  facts.length < 2 ? facts.join('') : `${facts.slice(0, -1).join(', ')} and ${facts.at(-1)}`;
