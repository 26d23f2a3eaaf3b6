import { beforeEach, describe, expect, it } from 'vitest';
import {
  ADAPTIVE_TIMEOUT_DEFAULTS,
  type AdaptiveTimeout,
  createAdaptiveTimeout,
} from './adaptive-timeout.ts';
import { createLatencyWindow } from './latency-window.ts';

let timeout: AdaptiveTimeout;
beforeEach(() => {
  timeout = createAdaptiveTimeout(ADAPTIVE_TIMEOUT_DEFAULTS, createLatencyWindow(ADAPTIVE_TIMEOUT_DEFAULTS));
});

const respond = (now: number, ms: number, times: number) => {
  for (let time = 0; time < times; time++) timeout.recordResponse(now, ms);
};
const timedOut = (now: number, times: number) => {
  for (let time = 0; time < times; time++) timeout.recordTimeout(now);
};

/** Makes 20 calls per second to an upstream that takes `latencyMs`, and returns the timeout at the end. */
function simulate(from: number, to: number, latencyMs: number): number {
  for (let now = from; now < to; now += 50) {
    if (latencyMs < timeout.timeoutMs(now)) timeout.recordResponse(now, latencyMs);
    else timeout.recordTimeout(now);
  }
  return timeout.timeoutMs(to);
}

describe('the timeout after responses', () => {
  it('is the initial one for less than 50 responses, and then twice their 99th percentile', () => {
    respond(0, 100, 49);
    expect(timeout.timeoutMs(0)).toBe(1_000);
    respond(0, 100, 1);
    expect(timeout.timeoutMs(0)).toBe(200.702);
  });

  it('has a floor', () => {
    respond(0, 25.1, 50);
    expect(timeout.timeoutMs(0)).toBe(50.43);
    respond(30_000, 24, 50);
    expect(timeout.timeoutMs(30_000)).toBe(50);
  });

  it('has a ceiling', () => {
    respond(0, 990, 50);
    expect(timeout.timeoutMs(0)).toBe(1_982.462);
    respond(30_000, 1_100, 50);
    expect(timeout.timeoutMs(30_000)).toBe(2_000);
  });

  it('is the initial one again when the responses are too old', () => {
    respond(0, 100, 50);
    expect(timeout.timeoutMs(29_999)).toBe(200.702);
    expect(timeout.timeoutMs(30_000)).toBe(1_000);
  });
});

describe('the timeout after timeouts', () => {
  it('rises by half if more than 1 % of the attempts time out, not at 1 %', () => {
    respond(0, 1, 198);
    timedOut(0, 2);
    expect(timeout.timeoutMs(5_000)).toBe(50);
    respond(5_000, 1, 197);
    timedOut(5_000, 3);
    expect(timeout.timeoutMs(9_999)).toBe(50);
    expect(timeout.timeoutMs(10_000)).toBe(75);
  });

  it('rises with 20 attempts, not with 19', () => {
    timedOut(0, 19);
    expect(timeout.timeoutMs(5_000)).toBe(1_000);
    timedOut(5_000, 1);
    expect(timeout.timeoutMs(5_000)).toBe(1_500);
  });

  it('rises once per step of the window, however many time out', () => {
    timedOut(0, 1_000);
    expect(timeout.timeoutMs(5_000)).toBe(1_500);
    timedOut(5_001, 1_000);
    expect(timeout.timeoutMs(9_999)).toBe(1_500);
    expect(timeout.timeoutMs(10_000)).toBe(2_000);
  });

  it('stays at 0.5 % of timeouts and falls below', () => {
    timedOut(0, 20);
    expect(timeout.timeoutMs(5_000)).toBe(1_500);
    respond(5_000, 1, 199);
    timedOut(5_000, 1);
    expect(timeout.timeoutMs(10_000)).toBe(1_500);
    respond(10_000, 1, 200);
    timedOut(10_000, 1);
    expect(timeout.timeoutMs(15_000)).toBe(1_000);
  });

  it('is not raised any more after a whole window with fewer than 20 attempts', () => {
    timedOut(0, 20);
    expect(timeout.timeoutMs(5_000)).toBe(1_500);
    timedOut(5_000, 19);
    expect(timeout.timeoutMs(34_999)).toBe(1_500);
    expect(timeout.timeoutMs(35_000)).toBe(1_000);
  });

  it('follows an upstream that becomes slower for every call, and faster again', () => {
    expect(simulate(0, 60_000, 20)).toBe(50);
    expect(simulate(60_000, 65_000, 300)).toBe(75);
    const slow = simulate(65_000, 150_000, 300);
    expect(slow).toBeGreaterThan(600);
    expect(slow).toBeLessThan(606);
    expect(simulate(150_000, 210_000, 20)).toBe(50);
  });

  it('follows an upstream that becomes slower for a few calls', () => {
    let calls = 0;
    for (let now = 0; now < 180_000; now += 50) {
      calls += 1;
      const latencyMs = now > 60_000 && calls % 20 === 0 ? 300 : 20;
      if (latencyMs < timeout.timeoutMs(now)) timeout.recordResponse(now, latencyMs);
      else timeout.recordTimeout(now);
    }
    expect(timeout.timeoutMs(180_000)).toBeGreaterThan(600);
    expect(timeout.timeoutMs(180_000)).toBeLessThan(606);
  });
});

describe('the limit of an attempt', () => {
  it('is configured while there are too few responses and it was not raised', () => {
    expect(timeout.limit(0)).toEqual({ timeoutMs: 1_000, estimated: false, conclusiveMs: 500 });
    respond(0, 20, 49);
    expect(timeout.limit(0).estimated).toBe(false);
    respond(0, 20, 1);
    expect(timeout.limit(0)).toEqual({ timeoutMs: 50, estimated: true, conclusiveMs: 500 });
  });

  it('is estimated after it was raised, below the ceiling', () => {
    timedOut(0, 20);
    expect(timeout.limit(5_000)).toMatchObject({ timeoutMs: 1_500, estimated: true });
    timedOut(5_000, 20);
    expect(timeout.limit(10_000)).toMatchObject({ timeoutMs: 2_000, estimated: false });
  });

  it('is conclusive from the 99th percentile, and from half of the initial timeout', () => {
    respond(0, 700, 50);
    expect(timeout.limit(0).conclusiveMs).toBeCloseTo(700, -1);
  });

  it('is the ceiling for an attempt with the full time', () => {
    respond(0, 20, 50);
    expect(timeout.fullTimeLimit(0)).toEqual({ timeoutMs: 2_000, estimated: false, conclusiveMs: 500 });
  });
});

describe('an attempt with the full time', () => {
  beforeEach(() => respond(0, 20, 200));

  it('is allowed after three consecutive timeouts, one at a time', () => {
    timedOut(0, 2);
    expect(timeout.startFullTimeAttempt(0, 900)).toBe(false);
    timedOut(0, 1);
    expect(timeout.startFullTimeAttempt(0, 900)).toBe(true);
    expect(timeout.startFullTimeAttempt(0, 900)).toBe(false);
    timeout.endFullTimeAttempt(false);
    expect(timeout.startFullTimeAttempt(0, 900)).toBe(true);
  });

  it('is not allowed after a response, nor with too little time', () => {
    timedOut(0, 2);
    respond(0, 20, 1);
    timedOut(0, 2);
    expect(timeout.startFullTimeAttempt(0, 900)).toBe(false);
    timedOut(0, 1);
    expect(timeout.startFullTimeAttempt(0, 499)).toBe(false);
    expect(timeout.startFullTimeAttempt(0, 500)).toBe(true);
  });

  it('raises the timeout to twice its latency, up to the ceiling', () => {
    timedOut(0, 3);
    respond(150, 150, 1);
    expect(timeout.timeoutMs(150)).toBe(300);
    respond(1_600, 1_600, 1);
    expect(timeout.timeoutMs(1_600)).toBe(2_000);
  });

  it('that hangs makes timeouts conclusive until the next response', () => {
    expect(timeout.limit(0).estimated).toBe(true);
    timeout.endFullTimeAttempt(true);
    expect(timeout.limit(0).estimated).toBe(false);
    respond(0, 20, 1);
    expect(timeout.limit(0).estimated).toBe(true);
  });
});
