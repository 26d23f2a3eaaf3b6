import { describe, expect, it } from 'vitest';
import { seeded } from '../random.ts';
import { type Target, scheduleFaults } from './schedule.ts';

const step = (name: string) => ({ name, act: () => undefined });
const target = (name: string): Target => ({
  faults: [() => ({ begin: step(`${name} fails`), end: step(`${name} recovers`), lasts: [100, 4000] })],
  isWell: () => true,
  restMs: 1000,
});
const plan = (seed: number) =>
  scheduleFaults(seeded(seed), [target('a'), target('b')], 60_000).map(({ atMs, step: { name } }) => ({
    atMs,
    name,
  }));

describe('the schedule of faults', () => {
  it('is the same for the same seed, and different for another', () => {
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });

  it.each([1, 2, 3, 4, 5])(
    'is in order, ends all faults that it starts, and lets targets rest (seed %i)',
    (seed) => {
      const due = plan(seed);
      expect(due.map(({ atMs }) => atMs)).toEqual(due.map(({ atMs }) => atMs).toSorted((a, b) => a - b));
      for (const name of ['a', 'b']) {
        const own = due.filter((each) => each.name.startsWith(name));
        expect(own.length).toBeGreaterThan(10);
        const begun = own.filter(({ name }) => name.endsWith('fails'));
        const ended = own.filter(({ name }) => name.endsWith('recovers'));
        expect(own).toEqual(begun.flatMap((each, nth) => [each, ended[nth]]));
        const rests = begun.slice(1).map(({ atMs }, nth) => atMs - ended[nth]!.atMs);
        expect(Math.min(...rests)).toBeGreaterThanOrEqual(1000);
      }
    },
  );

  it('starts no fault after its end', () => {
    const begun = plan(1).filter(({ name }) => name.endsWith('fails'));
    expect(Math.max(...begun.map(({ atMs }) => atMs))).toBeLessThan(60_000);
    expect(scheduleFaults(seeded(1), [target('a')], 500)).toEqual([]);
  });
});
