import { describe, expect, it } from 'vitest';
import { breakerState } from '@film-store/ops';
import { BREAKER_STATES, type BreakerState, admittedFraction, findEnd, transition } from './breaker-state.ts';

const settings = {
  openMs: 10_000,
  maxOpenMs: 60_000,
  probeTimeoutMs: 5_000,
  recoveryMs: 6_000,
  recoverySuccesses: 3,
};

const closed: BreakerState = { kind: 'closed', generation: 1, openMs: 10_000 };
const open: BreakerState = { kind: 'open', generation: 1, openMs: 10_000, until: 10_000 };
const waiting: BreakerState = { kind: 'half-open', generation: 1, openMs: 10_000, probeEndsAt: undefined };
const probing: BreakerState = { kind: 'half-open', generation: 1, openMs: 10_000, probeEndsAt: 5_000 };
const recovering: BreakerState = {
  kind: 'recovering',
  generation: 1,
  openMs: 10_000,
  since: 1_000,
  credit: 1,
  closesAt: 7_000,
};
const healthy: BreakerState = { ...recovering, credit: 3 };
const failedOnce: BreakerState = { ...recovering, credit: 2, closesAt: undefined };
const isolated: BreakerState = { kind: 'isolated', generation: 1, openMs: 10_000 };
const forcedClosed: BreakerState = { kind: 'forced-closed', generation: 1, openMs: 10_000 };

it('states have the names that operators use', () => {
  expect(BREAKER_STATES).toEqual(breakerState.options);
});

describe('transition', () => {
  it.each([
    [closed, 'tripped', { kind: 'open', generation: 2, openMs: 10_000, until: 10_007 }],
    [open, 'elapsed', { kind: 'half-open', generation: 2, openMs: 10_000, probeEndsAt: undefined }],
    [waiting, 'probe', { kind: 'half-open', generation: 1, openMs: 10_000, probeEndsAt: 5_007 }],
    [
      probing,
      'success',
      { kind: 'recovering', generation: 1, openMs: 10_000, since: 7, credit: 1, closesAt: 6_007 },
    ],
    [recovering, 'success', { ...recovering, credit: 2 }],
    [{ ...recovering, credit: 2 }, 'success', healthy],
    [failedOnce, 'success', healthy],
    [healthy, 'success', healthy],
    [healthy, 'failure', failedOnce],
    [failedOnce, 'failure', { ...failedOnce, credit: 1 }],
    [{ ...failedOnce, credit: 1 }, 'success', failedOnce],
    [probing, 'failure', { kind: 'open', generation: 2, openMs: 20_000, until: 20_007 }],
    [probing, 'elapsed', { kind: 'open', generation: 2, openMs: 20_000, until: 20_007 }],
    [probing, 'ignored', { kind: 'half-open', generation: 2, openMs: 10_000, probeEndsAt: undefined }],
    [recovering, 'failure', { kind: 'open', generation: 2, openMs: 10_000, until: 10_007 }],
    [recovering, 'elapsed', { kind: 'closed', generation: 1, openMs: 10_000 }],
    [closed, 'isolated', { kind: 'isolated', generation: 2, openMs: 10_000 }],
    [open, 'forced-closed', { kind: 'forced-closed', generation: 2, openMs: 10_000 }],
    [isolated, 'forced-closed', { kind: 'forced-closed', generation: 2, openMs: 10_000 }],
    [isolated, 'auto', { kind: 'half-open', generation: 2, openMs: 10_000, probeEndsAt: undefined }],
    [forcedClosed, 'auto', { kind: 'closed', generation: 2, openMs: 10_000 }],
  ] as const)('%o on %s becomes %o', (state, event, expected) => {
    expect(transition(state, event, 7, settings)).toEqual(expected);
  });

  it.each([
    [closed, 'success'],
    [closed, 'failure'],
    [closed, 'ignored'],
    [closed, 'auto'],
    [open, 'success'],
    [open, 'auto'],
    [recovering, 'ignored'],
    [isolated, 'isolated'],
    [isolated, 'success'],
    [isolated, 'tripped'],
    [forcedClosed, 'failure'],
  ] as const)('%o stays itself on %s', (state, event) => {
    expect(transition(state, event, 7, settings)).toBe(state);
  });

  it('closes at the success that completes the credit, if the time of the recovery is over', () => {
    expect(transition(failedOnce, 'success', 7_001, settings)).toEqual({
      ...healthy,
      closesAt: 7_001,
    });
  });

  it('opens for longer with each failed probe, up to the longest', () => {
    const lengths = [10_000, 20_000, 40_000, 60_000].map(
      (openMs) => transition({ ...probing, openMs }, 'failure', 0, settings).openMs,
    );
    expect(lengths).toEqual([20_000, 40_000, 60_000, 60_000]);
  });

  it('resets the opening time on a success when closed, in the same generation', () => {
    expect(transition({ ...closed, openMs: 40_000 }, 'success', 0, settings)).toEqual(closed);
    expect(transition({ ...closed, openMs: 40_000 }, 'tripped', 0, settings)).toMatchObject({
      until: 40_000,
    });
  });
});

describe('findEnd', () => {
  it('is the end of a state with a limited time', () => {
    expect([open, probing, recovering].map((state) => findEnd(state))).toEqual([10_000, 5_000, 7_000]);
  });

  it('is never for a state without a limit', () => {
    for (const state of [closed, waiting, failedOnce, isolated, forcedClosed])
      expect(findEnd(state)).toBe(Infinity);
  });
});

describe('admittedFraction', () => {
  it.each([
    [closed, 0, { admittedFraction: 1, retryAfterMs: 0 }],
    [forcedClosed, 0, { admittedFraction: 1, retryAfterMs: 0 }],
    [open, 9_999, { admittedFraction: 0, retryAfterMs: 1 }],
    [waiting, 0, { admittedFraction: 1, retryAfterMs: 0 }],
    [probing, 1_000, { admittedFraction: 0, retryAfterMs: 4_000 }],
    [isolated, 123_456, { admittedFraction: 0, retryAfterMs: 10_000 }],
    [recovering, 1_000, { admittedFraction: 0.1, retryAfterMs: 2_000 }],
    [recovering, 2_999, { admittedFraction: 0.1, retryAfterMs: 1 }],
    [recovering, 3_000, { admittedFraction: 0.25, retryAfterMs: 2_000 }],
    [recovering, 4_999, { admittedFraction: 0.25, retryAfterMs: 1 }],
    [recovering, 5_000, { admittedFraction: 0.5, retryAfterMs: 2_000 }],
    [recovering, 6_999, { admittedFraction: 0.5, retryAfterMs: 1 }],
    [failedOnce, 7_000, { admittedFraction: 1, retryAfterMs: 0 }],
  ] as const)('of %o at %d ms is %o', (state, now, expected) => {
    expect(admittedFraction(state, now, settings)).toEqual(expected);
  });
});
