import { expect, it } from 'vitest';
import { VirtualClock } from '@film-store/core/testing';
import { collectStartupGarbage } from './startup-garbage.ts';

it('collects at once, and once more when the service has become idle', () => {
  const clock = new VirtualClock();
  let collections = 0;
  let utilization = 0.5;
  let stopped = false;
  collectStartupGarbage({
    clock,
    collect: () => (collections += 1),
    eventLoop: {
      read: () => ({ p50Ms: 0, p99Ms: 0, maxMs: 0, utilization, cpu: 0 }),
      stop: () => (stopped = true),
    },
  });
  expect(collections).toBe(1);
  clock.advance(60_000);
  expect({ collections, stopped }).toEqual({ collections: 1, stopped: false });

  utilization = 0.1;
  clock.advance(5_000);
  expect({ collections, stopped }).toEqual({ collections: 2, stopped: true });
  clock.advance(60_000);
  expect(collections).toBe(2);
});
