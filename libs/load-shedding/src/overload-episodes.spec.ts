import { beforeEach, expect, it } from 'vitest';
import { VirtualClock } from '@film-store/core/testing';
import { type OverloadEvent, OverloadEpisodes } from './overload-episodes.ts';

let clock: VirtualClock;
let told: OverloadEvent[];
let episodes: OverloadEpisodes;
beforeEach(() => {
  clock = new VirtualClock();
  told = [];
  episodes = new OverloadEpisodes(clock, (shedding) => told.push(shedding));
});

it('many refusals are one beginning, and one end five seconds after the last', () => {
  for (let each = 0; each < 100; each++) {
    episodes.refused();
    clock.advance(100);
  }
  expect(told).toEqual([{ event: 'began' }]);
  clock.advance(4899);
  expect(told).toHaveLength(1);
  clock.advance(1);
  expect(told).toEqual([{ event: 'began' }, { event: 'ended', refused: 100 }]);
  expect(clock.armed).toBe(0);
});

it('a later refusal begins anew', () => {
  episodes.refused();
  clock.advance(5000);
  episodes.refused();
  expect(told.map(({ event }) => event)).toEqual(['began', 'ended', 'began']);
});

it('what is under way when it stops has an end', () => {
  episodes.refused();
  episodes.stop();
  episodes.stop();
  expect(told).toEqual([{ event: 'began' }, { event: 'ended', refused: 1 }]);
  expect(clock.armed).toBe(0);
});
