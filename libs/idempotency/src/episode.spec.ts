import { expect, it } from 'vitest';
import { Episode } from './episode.ts';

const start = () => {
  const time = { now: 0 };
  return { time, episode: new Episode(100, () => time.now) };
};

it('begins with the first sign only', () => {
  const { episode } = start();
  expect([episode.begins(), episode.begins()]).toEqual([true, false]);
});

it('does not end before it has begun', () => {
  expect(start().episode.ends()).toBe(false);
});

it('ends once, with the first success that is late enough after another one', () => {
  const { time, episode } = start();
  episode.begins();
  time.now = 1000;
  expect(episode.ends()).toBe(false);
  time.now = 1099;
  expect(episode.ends()).toBe(false);
  time.now = 1100;
  expect([episode.ends(), episode.ends()]).toEqual([true, false]);
});

it('goes on after a sign between two successes', () => {
  const { time, episode } = start();
  episode.begins();
  episode.ends();
  expect(episode.begins()).toBe(false);
  time.now = 100;
  expect(episode.ends()).toBe(false);
});

it('begins again after its end', () => {
  const { time, episode } = start();
  episode.begins();
  episode.ends();
  time.now = 100;
  expect([episode.ends(), episode.begins()]).toEqual([true, true]);
});
