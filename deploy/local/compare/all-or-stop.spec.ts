import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Stops } from '../stops.ts';
import { allOrStop } from './all-or-stop.ts';

it('resolves with all results', async () => {
  expect(await allOrStop(new Stops(), [Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
});

it('stops everything at the first error, and rejects when nothing starts any more', async () => {
  const log: string[] = [];
  const stops = new Stops();
  stops.add({ stop: async () => void log.push('early stopped') });
  const slow = Promise.withResolvers<void>();
  const startSlowly = async (): Promise<void> => {
    await slow.promise;
    stops.add({ stop: async () => void log.push('late stopped') });
  };
  const failing = Promise.reject(new Error('no port'));
  const rejected = allOrStop(stops, [startSlowly(), failing]).catch((error: unknown) =>
    log.push(String(error)),
  );
  await nextTurn();
  expect(log).toEqual(['early stopped']);
  slow.resolve();
  await rejected;
  expect(log).toEqual(['early stopped', 'late stopped', 'Error: no port']);
});
