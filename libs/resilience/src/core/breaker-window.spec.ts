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
  it('opens at the 20th failure, not at the 19th', () => {
    const window = createBreakerWindow(settings, 0);
    expect(fail(window, 19)).toBe(false);
    expect(window.failed(0)).toBe(true);
  });

  it('opens if more than half of the calls fail, not at half', () => {
    const window = createBreakerWindow(settings, 0);
    succeed(window, 50);
    expect(fail(window, 50)).toBe(false);
    expect(window.failed(0)).toBe(true);
  });

  it('counts a call for the ten seconds of its bucket, not a millisecond longer', () => {
    const window = createBreakerWindow(settings, 0);
    fail(window, 5);
    expect(window.counts(9_999)).toEqual({ calls: 5, failures: 5 });
    expect(window.counts(10_000)).toEqual({ calls: 0, failures: 0 });
  });

  it('is empty after an hour without calls', () => {
    const window = createBreakerWindow(settings, 0);
    fail(window, 19);
    expect(window.failed(3_600_000)).toBe(false);
    expect(window.counts(3_600_000)).toEqual({ calls: 1, failures: 1 });
  });

  it('still decides after it has opened', () => {
    const window = createBreakerWindow(settings, 0);
    fail(window, 20);
    window.clear(0);
    expect(window.counts(0)).toEqual({ calls: 0, failures: 0 });
    expect(fail(window, 19)).toBe(false);
    expect(window.failed(0)).toBe(true);
  });

  it.each([0, -1, 19.5, NaN])(
    'rejects a minimumCalls of %d, which opossum would take for 0',
    (minimumCalls) => {
      expect(() => createBreakerWindow({ ...settings, minimumCalls }, 0)).toThrow(RangeError);
    },
  );

  it('keeps no percentiles, so that a failure never sorts the window', () => {
    const sort = vi.spyOn(Array.prototype, 'sort');
    const window = createBreakerWindow(settings, 0);
    succeed(window, 100);
    fail(window, 100);
    expect(sort).not.toHaveBeenCalled();
  });

  it('has a timer only while the circuit is open, which keeps no process alive', () => {
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

  it('counts a rejection as no call, and works when other code has opened or closed the circuit', () => {
    const window = createBreakerWindow(settings, 0);
    window.rejected(0);
    expect(window.counts(0)).toEqual({ calls: 0, failures: 0 });
    expect(window.circuit.stats).toMatchObject({ fires: 1, rejects: 1 });
    expect(window.failed(0)).toBe(false);
    expect(window.counts(0)).toEqual({ calls: 1, failures: 1 });
  });

  it('counts and rejects nothing while other code has disabled the circuit', () => {
    const window = createBreakerWindow(settings, 0);
    window.circuit.disable();
    expect(fail(window, 100)).toBe(false);
    window.circuit.enable();
    expect(window.counts(0)).toEqual({ calls: 0, failures: 0 });
    expect(fail(window, 20)).toBe(true);
  });

  it('after disposal has no listener, counts nothing and does not open', () => {
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
