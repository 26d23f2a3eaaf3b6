import { beforeEach, expect, it } from 'vitest';
import { VirtualClock } from '@film-store/core/testing';
import { type OverloadEvent, OverloadEpisodes } from './overload-episodes.ts';

let clock: VirtualClock;
let events: OverloadEvent[];
let episodes: OverloadEpisodes;
beforeEach(() => {
  clock = new VirtualClock();
  events = [];
  episodes = new OverloadEpisodes(clock, (event) => events.push(event));
});

it('reports many rejections as one start, and one end five seconds after the last', () => {
  for (let each = 0; each < 100; each++) {
    episodes.recordRejection();
    clock.advance(100);
  }
  expect(events).toEqual([{ event: 'started' }]);
  clock.advance(4899);
  expect(events).toHaveLength(1);
  clock.advance(1);
  expect(events).toEqual([{ event: 'started' }, { event: 'ended', rejected: 100 }]);
  expect(clock.armed).toBe(0);
});

it('starts a new episode at a later rejection', () => {
  episodes.recordRejection();
  clock.advance(5000);
  episodes.recordRejection();
  expect(events.map(({ event }) => event)).toEqual(['started', 'ended', 'started']);
});

it('ends the current episode when it stops', () => {
  episodes.recordRejection();
  episodes.stop();
  episodes.stop();
  expect(events).toEqual([{ event: 'started' }, { event: 'ended', rejected: 1 }]);
  expect(clock.armed).toBe(0);
});
