import { describe, expect, it } from 'vitest';
import { VirtualClock } from '@film-store/core/testing';
import { ActiveFaults, type FaultChange, TooManyFaults } from './active-faults.ts';
import type { Fault } from './fault.ts';

const RESET: Fault = { point: 'films', kind: 'reset' };
const films = { point: 'films', method: 'GET', path: '/films?q=dark', priority: 0 };

function setUp() {
  const clock = new VirtualClock();
  const changes: string[] = [];
  const onChange = (change: FaultChange) =>
    void changes.push(`${change.fault.id} ${change.event === 'began' ? 'began' : change.why}`);
  const faults = new ActiveFaults({ service: 'shop', clock, random: () => 0.5, onChange });
  return { clock, changes, faults, ids: () => faults.list().map(({ id }) => id) };
}

describe('an active fault', () => {
  it('strikes what passes its point, and nothing else', () => {
    const { faults } = setUp();
    expect(faults.inject(films)).toBeUndefined();
    faults.begin({ faults: [RESET], scenario: 'films-down' });
    expect(faults.inject(films)).toEqual({
      point: 'films',
      scenario: 'films-down',
      effect: { kind: 'reset' },
    });
    expect(faults.inject({ point: 'orders' })).toBeUndefined();
  });

  it('ends by itself after 30 s, to the millisecond, and says so once', () => {
    const { faults, clock, changes } = setUp();
    faults.begin({ faults: [RESET] });
    clock.advance(29_999);
    expect(faults.list()).toMatchObject([{ id: 'shop-1', service: 'shop', fault: RESET, remainingMs: 1 }]);
    expect(faults.inject(films)).toBeDefined();
    clock.advance(1);
    expect(faults.list()).toEqual([]);
    expect(faults.inject(films)).toBeUndefined();
    expect(changes).toEqual(['shop-1 began', 'shop-1 expired']);
  });

  it('is over in time even where the process is too busy for its timer', () => {
    const { faults, clock } = setUp();
    faults.begin({ faults: [RESET], ttlMs: 1000 });
    clock.stall(1000);
    expect(faults.inject(films)).toBeUndefined();
    expect(faults.list()).toEqual([]);
  });

  it('may have a time of its own', () => {
    const { faults, clock } = setUp();
    faults.begin({ faults: [{ ...RESET, ttlMs: 10 }, RESET], ttlMs: 20 });
    clock.advance(10);
    expect(faults.list()).toMatchObject([{ id: 'shop-2', remainingMs: 10 }]);
  });

  it('begins anew when its scenario does, and leaves no timer behind', () => {
    const { faults, clock, ids, changes } = setUp();
    faults.begin({ faults: [RESET], scenario: 'films-down', ttlMs: 100 });
    clock.advance(99);
    faults.begin({ faults: [RESET], scenario: 'films-down', ttlMs: 100 });
    clock.advance(99);
    expect(ids()).toEqual(['shop-2']);
    expect(changes).toEqual(['shop-1 began', 'shop-1 ended', 'shop-2 began']);
    faults.end();
    expect(clock.armed).toBe(0);
  });

  it('ends with its scenario, or with all', () => {
    const { faults, ids } = setUp();
    faults.begin({ faults: [RESET], scenario: 'a' });
    faults.begin({ faults: [RESET], scenario: 'b' });
    faults.begin({ faults: [RESET] });
    faults.end('a');
    expect(ids()).toEqual(['shop-2', 'shop-3']);
    faults.end();
    expect(ids()).toEqual([]);
  });

  it('is one of 32 at most; one more changes nothing', () => {
    const { faults, ids } = setUp();
    faults.begin({ faults: Array.from({ length: 31 }, () => RESET), scenario: 'many' });
    faults.begin({ faults: [RESET] });
    expect(() => faults.begin({ faults: [RESET], scenario: 'one-more' })).toThrow(TooManyFaults);
    expect(() => faults.begin({ faults: [RESET, RESET] })).toThrow(TooManyFaults);
    expect(ids()).toHaveLength(32);
    faults.begin({ faults: [RESET] });
    expect(ids().at(-1)).toBe('shop-33');
  });
});

describe('what a fault strikes', () => {
  const strikes = (match: Fault['match'], passing: object = {}) => {
    const { faults } = setUp();
    faults.begin({ faults: [{ ...RESET, match }] });
    return faults.inject({ ...films, ...passing }) !== undefined;
  };

  it.each([
    [undefined, true],
    [{ method: 'GET' }, true],
    [{ method: 'POST' }, false],
    [{ path: '/films' }, true],
    [{ path: '/orders' }, false],
    [{ priority: 0 }, true],
    [{ priority: 1 }, false],
    [{ method: 'GET', path: '/orders' }, false],
  ] as const)('with match %j: %s', (match, expected) => {
    expect(strikes(match)).toBe(expected);
  });

  it('is never an operation, or nobody could end it', () => {
    expect(strikes(undefined, { path: '/ops/faults' })).toBe(false);
  });

  it('has no method and no path where it is not HTTP', () => {
    const plain = { method: undefined, path: undefined, priority: undefined };
    expect(strikes(undefined, plain)).toBe(true);
    expect(strikes({ method: 'GET' }, plain)).toBe(false);
    expect(strikes({ path: '/' }, plain)).toBe(false);
  });
});

describe('chance', () => {
  const run = (seed: number | undefined) => {
    const { faults } = setUp();
    faults.begin({
      faults: [
        { point: 'films', kind: 'status', status: 500, probability: 0.3 },
        { point: 'films', kind: 'delay', ms: 100, jitterMs: 40 },
      ],
      seed,
    });
    return Array.from({ length: 1000 }, () => faults.inject(films)?.effect);
  };

  it('repeats itself with the same seed, and only then', () => {
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
  });

  it('strikes the share it was told, and the next fault has its turn with the others', () => {
    const effects = run(7);
    const errors = effects.filter((effect) => effect?.kind === 'status').length;
    expect(errors).toBeGreaterThan(250);
    expect(errors).toBeLessThan(350);
    const delays = effects.flatMap((effect) => (effect?.kind === 'delay' ? [effect.ms] : []));
    expect(delays).toHaveLength(1000 - errors);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(60);
    expect(Math.min(...delays)).toBeLessThan(65);
    expect(Math.max(...delays)).toBeGreaterThan(135);
    expect(Math.max(...delays)).toBeLessThanOrEqual(140);
  });
});
