import { describe, expect, it } from 'vitest';
import { causeNames, causes } from './causes.ts';
import { drawSchedule } from './schedule.ts';

const seeds = Array.from({ length: 400 }, (_, seed) => seed);
const games = seeds.map((seed) => drawSchedule(seed, 'script', true));

describe('the schedule of a game day', () => {
  it('is the same for the same seed', () => {
    for (const seed of seeds) expect(drawSchedule(seed, 'script', true)).toEqual(games[seed]);
  });

  it('hides the same causes from a person and from the script', () => {
    for (const { seed, hidden } of games) expect(drawSchedule(seed, 'human', true).hidden).toEqual(hidden);
  });

  it('hides every cause in some game, and some games have two', () => {
    expect(new Set(games.flatMap(({ hidden }) => hidden))).toEqual(new Set(causeNames));
    expect(new Set(games.map(({ hidden }) => hidden.length))).toEqual(new Set([1, 2]));
  });

  it('combines only causes in different parts', () => {
    for (const { hidden } of games) {
      const parts = hidden.flatMap((name) => causes[name]?.parts ?? []);
      expect(new Set(parts).size).toBe(parts.length);
    }
  });

  it('needs no PostgreSQL where there is none', () => {
    const hidden = seeds.flatMap((seed) => drawSchedule(seed, 'script', false).hidden);
    expect(hidden.filter((name) => causes[name]?.needs === 'postgres')).toEqual([]);
  });
});
