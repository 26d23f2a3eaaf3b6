import { describe, expect, it } from 'vitest';
import { Stops } from './stops.ts';

describe('stops', () => {
  const recording = (log: string[], name: string, error?: Error) => ({
    async stop() {
      log.push(name);
      if (error) throw error;
    },
  });

  it('stop everything once, in reverse order', async () => {
    const log: string[] = [];
    const stops = new Stops();
    for (const name of ['a', 'b', 'c']) stops.add(recording(log, name));
    await Promise.all([stops.stop(), stops.stop()]);
    expect(log).toEqual(['c', 'b', 'a']);
  });

  it('attempt everything and join the errors', async () => {
    const log: string[] = [];
    const errors = [new Error('first'), new Error('second')];
    const stops = new Stops();
    stops.add(recording(log, 'a', errors[1]));
    stops.add(recording(log, 'b'));
    stops.add(recording(log, 'c', errors[0]));
    await expect(stops.stop()).rejects.toMatchObject({ errors });
    expect(log).toEqual(['c', 'b', 'a']);
  });

  it('kill everything at once when forced', async () => {
    const killed: string[] = [];
    const stops = new Stops();
    for (const name of ['a', 'b']) {
      const gone = Promise.withResolvers<void>();
      stops.add({
        stop: () => gone.promise,
        kill: () => {
          killed.push(name);
          gone.resolve();
        },
      });
    }
    const stopped = stops.stop();
    stops.forceStop();
    await stopped;
    expect(killed).toEqual(['a', 'b']);
  });

  it('stop a thing that is added too late, throw, and wait for its end', async () => {
    const log: string[] = [];
    const stops = new Stops();
    const early = Promise.withResolvers<void>();
    stops.add({ stop: () => early.promise });
    const stopped = stops.stop().finally(() => log.push('all'));
    const late = Promise.withResolvers<void>();
    const add = () => stops.add({ stop: () => late.promise.finally(() => log.push('late')) });
    expect(add).toThrow('everything is stopping');
    early.resolve();
    await new Promise(setImmediate);
    late.resolve();
    await stopped;
    expect(log).toEqual(['late', 'all']);
  });

  it('report the error of a thing that is added too late', async () => {
    const stops = new Stops();
    await stops.stop();
    const error = new Error('late');
    expect(() => stops.add(recording([], 'late', error))).toThrow('everything is stopping');
    await expect(stops.stop()).rejects.toMatchObject({ errors: [error] });
  });
});
