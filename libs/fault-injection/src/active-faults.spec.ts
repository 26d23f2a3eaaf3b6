import { describe, expect, it } from 'vitest';
import { VirtualClock } from '@film-store/core/testing';
import { ActiveFaults, type FaultChange, TooManyFaults } from './active-faults.ts';
import type { Fault } from './fault.ts';

const RESET: Fault = { point: 'films', kind: 'reset' };
const films = { point: 'films', method: 'GET', path: '/films?q=dark', priority: 0 };

function setUp(isExempt?: (path: string) => boolean) {
  const clock = new VirtualClock();
  const changes: string[] = [];
  const onChange = (change: FaultChange) =>
    void changes.push(`${change.fault.id} ${change.event === 'started' ? 'started' : change.reason}`);
  const faults = new ActiveFaults({ service: 'shop', clock, random: () => 0.5, onChange, isExempt });
  return { clock, changes, faults, ids: () => faults.list().map(({ id }) => id) };
}

describe('an active fault', () => {
  it('affects the calls of its point only', () => {
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

  it('expires after exactly 30 s, and reports it once', () => {
    const { faults, clock, changes } = setUp();
    faults.begin({ faults: [RESET] });
    clock.advance(29_999);
    expect(faults.list()).toMatchObject([{ id: 'shop-1', service: 'shop', fault: RESET, remainingMs: 1 }]);
    expect(faults.inject(films)).toBeDefined();
    clock.advance(1);
    expect(faults.list()).toEqual([]);
    expect(faults.inject(films)).toBeUndefined();
    expect(changes).toEqual(['shop-1 started', 'shop-1 expired']);
  });

  it('expires in time while the process is too busy for timers', () => {
    const { faults, clock } = setUp();
    faults.begin({ faults: [RESET], ttlMs: 1000 });
    clock.stall(1000);
    expect(faults.inject(films)).toBeUndefined();
    expect(faults.list()).toEqual([]);
  });

  it('may have its own duration', () => {
    const { faults, clock } = setUp();
    faults.begin({ faults: [{ ...RESET, ttlMs: 10 }, RESET], ttlMs: 20 });
    clock.advance(10);
    expect(faults.list()).toMatchObject([{ id: 'shop-2', remainingMs: 10 }]);
  });

  it('restarts with its scenario, and leaves no timer', () => {
    const { faults, clock, ids, changes } = setUp();
    faults.begin({ faults: [RESET], scenario: 'films-down', ttlMs: 100 });
    clock.advance(99);
    faults.begin({ faults: [RESET], scenario: 'films-down', ttlMs: 100 });
    clock.advance(99);
    expect(ids()).toEqual(['shop-2']);
    expect(changes).toEqual(['shop-1 started', 'shop-1 ended', 'shop-2 started']);
    faults.end();
    expect(clock.armed).toBe(0);
  });

  it('ends with its scenario, or with all faults', () => {
    const { faults, ids } = setUp();
    faults.begin({ faults: [RESET], scenario: 'a' });
    faults.begin({ faults: [RESET], scenario: 'b' });
    faults.begin({ faults: [RESET] });
    faults.end('a');
    expect(ids()).toEqual(['shop-2', 'shop-3']);
    faults.end();
    expect(ids()).toEqual([]);
  });

  it('is one of at most 32; one more changes nothing', () => {
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

describe('the calls that a fault affects', () => {
  const affects = (match: Fault['match'], passing: object = {}, exempt?: string) => {
    const { faults } = setUp((path) => path === exempt);
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
  ] as const)('with the match %j: %s', (match, expected) => {
    expect(affects(match)).toBe(expected);
  });

  it('never include requests that end faults, and exempt paths', () => {
    expect(affects(undefined, { path: '/ops/faults' })).toBe(false);
    expect(affects(undefined, { path: '/ops/faults?scenario=a' })).toBe(false);
    expect(affects(undefined, { path: '/health' })).toBe(true);
    expect(affects(undefined, { path: '/health' }, '/health')).toBe(false);
  });

  it('have no method and no path if they are not HTTP', () => {
    const plain = { method: undefined, path: undefined, priority: undefined };
    expect(affects(undefined, plain)).toBe(true);
    expect(affects({ method: 'GET' }, plain)).toBe(false);
    expect(affects({ path: '/' }, plain)).toBe(false);
  });
});

describe('randomness', () => {
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

  it('repeats with the same seed only', () => {
    expect(run(7)).toEqual(run(7));
    expect(run(7)).not.toEqual(run(8));
  });

  it('affects the given fraction, and the next fault affects the other calls', () => {
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
