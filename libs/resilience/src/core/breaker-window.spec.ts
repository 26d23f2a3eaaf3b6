import CircuitBreaker from 'opossum';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createBreakerWindow } from './breaker-window.ts';

const settings = { windowMs: 10_000, buckets: 10, errorRatePercent: 50, minimumCalls: 20 };

function succeed(window: ReturnType<typeof createBreakerWindow>, times: number, now = 0): void {
  for (let time = 0; time < times; time += 1) window.succeeded(now);
}

function fail(window: ReturnType<typeof createBreakerWindow>, times: number, now = 0): boolean {
  return Array.from({ length: times }, () => window.failed(now)).some(Boolean);
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('breaker window', () => {
  it('does not trip on 19 failures, and does on the 20th', () => {
    const window = createBreakerWindow(settings, 0);
    expect(fail(window, 19)).toBe(false);
    expect(window.failed(0)).toBe(true);
  });

  it('does not trip on half of the calls, and does on one more', () => {
    const window = createBreakerWindow(settings, 0);
    succeed(window, 50);
    expect(fail(window, 50)).toBe(false);
    expect(window.failed(0)).toBe(true);
  });

  it('counts a call for the ten seconds of its bucket, and no millisecond longer', () => {
    const window = createBreakerWindow(settings, 0);
    fail(window, 5);
    expect(window.counts(9_999)).toEqual({ calls: 5, failures: 5 });
    expect(window.counts(10_000)).toEqual({ calls: 0, failures: 0 });
  });

  it('trap 11: an hour of idling empties the window at once', () => {
    const window = createBreakerWindow(settings, 0);
    fail(window, 19);
    expect(window.failed(3_600_000)).toBe(false);
    expect(window.counts(3_600_000)).toEqual({ calls: 1, failures: 1 });
  });

  it('keeps deciding after it has tripped', () => {
    const window = createBreakerWindow(settings, 0);
    fail(window, 20);
    window.clear(0);
    expect(window.counts(0)).toEqual({ calls: 0, failures: 0 });
    expect(fail(window, 19)).toBe(false);
    expect(window.failed(0)).toBe(true);
  });

  it.each([0, -1, 19.5, NaN])(
    'trap 14: a minimumCalls of %d, which opossum takes for none, is refused',
    (minimumCalls) => {
      expect(() => createBreakerWindow({ ...settings, minimumCalls }, 0)).toThrow(RangeError);
    },
  );

  it('trap 14: no percentiles are kept, so a failure never sorts the window', () => {
    const sort = vi.spyOn(Array.prototype, 'sort');
    const window = createBreakerWindow(settings, 0);
    succeed(window, 100);
    fail(window, 100);
    expect(sort).not.toHaveBeenCalled();
  });

  it('leaves no timer behind: an open circuit has one, which keeps no process alive and ends with it', () => {
    vi.useFakeTimers();
    const setTimer = vi.spyOn(globalThis, 'setTimeout');
    const window = createBreakerWindow(settings, 0);
    expect(vi.getTimerCount()).toBe(0);
    expect(fail(window, 20)).toBe(true);
    expect(vi.getTimerCount()).toBe(1);
    const [timer] = setTimer.mock.results.map(({ value }) => value as NodeJS.Timeout);
    expect(timer?.hasRef()).toBe(false);
    window.show('closed');
    expect(vi.getTimerCount()).toBe(0);
    window.show('open');
    window.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('counts a rejection as no call, and needs no help where somebody else has turned the circuit', () => {
    const window = createBreakerWindow(settings, 0);
    window.rejected(0);
    expect(window.counts(0)).toEqual({ calls: 0, failures: 0 });
    expect(window.circuit.stats).toMatchObject({ fires: 1, rejects: 1 });
    expect(window.failed(0)).toBe(false);
    expect(window.counts(0)).toEqual({ calls: 1, failures: 1 });
  });

  it('counts nothing and rejects nothing while somebody has disabled the circuit', () => {
    const window = createBreakerWindow(settings, 0);
    window.circuit.disable();
    expect(fail(window, 100)).toBe(false);
    window.circuit.enable();
    expect(window.counts(0)).toEqual({ calls: 0, failures: 0 });
    expect(fail(window, 20)).toBe(true);
  });

  it('trap 13: gives up every listener, then neither counts nor trips', () => {
    const shutdown = vi.spyOn(CircuitBreaker.prototype, 'shutdown');
    const window = createBreakerWindow(settings, 0);
    window.dispose();
    window.dispose();
    const circuit = shutdown.mock.contexts[0] as CircuitBreaker & { options: CircuitBreaker.Options };
    expect(circuit.eventNames()).toEqual([]);
    expect(circuit.options.rotateBucketController?.eventNames()).toEqual([]);
    succeed(window, 1);
    expect(fail(window, 100)).toBe(false);
    expect(window.counts(0)).toEqual({ calls: 0, failures: 0 });
  });
});
