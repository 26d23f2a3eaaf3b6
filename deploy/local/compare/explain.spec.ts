import { describe, expect, it } from 'vitest';
import { type Seen, type SideSeen, explain } from './explain.ts';

const normal: SideSeen = {
  good: 15,
  degraded: 0,
  failed: 0,
  sent: 15,
  callsPerRequest: 1.6,
  failedCalls: 0,
  openCalls: 1,
  longestWaitS: 0.1,
};
const seen = (ours: Partial<Seen['ours']>, twin: Partial<SideSeen>): Seen => ({
  ours: { ...normal, breakers: [], reasons: [], rejectedCalls: 0, shed: 0, ...ours },
  twin: { ...normal, ...twin },
});

describe('the sentence about the difference', () => {
  it('says that there is none', () => {
    expect(explain(seen({}, {}))).toBe('Both gateways respond alike.');
  });

  it('names the breaker, its rejected calls and the substitutes, and the open calls of the twin', () => {
    const ours = {
      breakers: [{ upstream: 'catalog', state: 'open', openedAfterS: 3 }],
      rejectedCalls: 14,
      degraded: 9,
      reasons: ['breaker-open', 'timeout'],
    };
    expect(explain(seen(ours, { openCalls: 120, longestWaitS: 8, good: 2 }))).toBe(
      'Ours opened its circuit breaker to catalog after 3 s (now open), spares its upstreams 14 calls per second and sends ' +
        '9.0 pages per second with a substitute (breaker-open, timeout); the naive twin has no timeout, so 120 of its calls ' +
        'are open, lets a customer wait for 8 s and serves 2.0 of 15 requests per second.',
    );
  });

  it('names the retries of both sides', () => {
    expect(explain(seen({ failedCalls: 5 }, { failed: 0.6, failedCalls: 5.2 }))).toBe(
      'Ours repeats its 5.0 failed calls per second, orders too, under their idempotency key; the naive twin fails 0.6 requests ' +
        'per second, because it repeats no order (5.2 failed calls per second).',
    );
    expect(explain(seen({ callsPerRequest: 1 }, { callsPerRequest: 4 }))).toBe(
      'The naive twin makes 4.0 calls per request (ours 1.0).',
    );
  });

  it('names the requests that the twin serves, if ours serves twice as many', () => {
    expect(explain(seen({ good: 8 }, { good: 7, failed: 8 }))).toMatch(/^The naive twin fails 8.0 requests/);
    expect(explain(seen({ good: 8 }, { good: 0, failed: 15 }))).toBe(
      'The naive twin serves none of 15 requests per second.',
    );
  });

  it('names the recovery', () => {
    expect(explain(seen({ breakers: [{ upstream: 'catalog', state: 'closed', openedAfterS: 3 }] }, {}))).toBe(
      'Ours calls catalog again, because its circuit breaker has closed.',
    );
  });
});
