import { describe, expect, it } from 'vitest';
import { ReadinessTasks } from './readiness-tasks.ts';

const stopped = new Error('stopped before it had started');
/** What a start ends with: nothing when all went well. */
const endOf = (start: Promise<void>): Promise<unknown> => start.catch((error: unknown) => error);

/** A step that goes on until it is stopped, as one does that waits for its database. */
const untilStopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('the steps before a service is ready', () => {
  it('are taken one after the other, in the order they were added', async () => {
    const startUp = new ReadinessTasks();
    const taken: string[] = [];
    const migrated = Promise.withResolvers<void>();
    startUp.add(async () => {
      taken.push('migrate');
      await migrated.promise;
      taken.push('migrated');
    });
    startUp.add(() => void taken.push('warm up'));
    const running = startUp.run();
    expect(taken).toEqual(['migrate']);
    migrated.resolve();
    await running;
    expect(taken).toEqual(['migrate', 'migrated', 'warm up']);
  });

  it('are taken once, however often it is run', async () => {
    const startUp = new ReadinessTasks();
    let taken = 0;
    startUp.add(() => void (taken += 1));
    await Promise.all([startUp.run(), startUp.run()]);
    await startUp.run();
    expect(taken).toBe(1);
  });

  it('end with the first that fails, and the service hears why', async () => {
    const startUp = new ReadinessTasks();
    const failure = new Error('no such table');
    let taken = 0;
    startUp.add(() => Promise.reject(failure));
    startUp.add(() => void (taken += 1));
    await expect(startUp.run()).rejects.toBe(failure);
    expect(taken).toBe(0);
  });

  it('may be none', async () => {
    expect(await endOf(new ReadinessTasks().run())).toBeUndefined();
  });
});

describe('a service that is stopped while it starts', () => {
  it('ends the step under way, takes no other, and does not become ready', async () => {
    const startUp = new ReadinessTasks();
    let taken = 0;
    startUp.add(untilStopped);
    startUp.add(() => void (taken += 1));
    const ended = endOf(startUp.run());
    await startUp.beforeApplicationShutdown();
    expect(await ended).toEqual(stopped);
    expect(taken).toBe(0);
  });

  it('does not become ready either where the last step does not listen', async () => {
    const startUp = new ReadinessTasks();
    const { promise, resolve } = Promise.withResolvers<void>();
    startUp.add(() => promise);
    const ended = endOf(startUp.run());
    const stopping = startUp.beforeApplicationShutdown();
    resolve();
    await stopping;
    expect(await ended).toEqual(stopped);
  });

  it('waits for the step under way: what it uses is closed after it', async () => {
    const startUp = new ReadinessTasks();
    const { promise, resolve } = Promise.withResolvers<void>();
    let closed = false;
    startUp.add(() => promise);
    const ended = endOf(startUp.run());
    const stopping = startUp.beforeApplicationShutdown().then(() => (closed = true));
    await new Promise(setImmediate);
    expect(closed).toBe(false);
    resolve();
    await stopping;
    expect(await ended).toEqual(stopped);
  });

  it('does not begin where it had not begun', async () => {
    const startUp = new ReadinessTasks();
    let taken = 0;
    startUp.add(() => void (taken += 1));
    await startUp.beforeApplicationShutdown();
    await expect(startUp.run()).rejects.toEqual(stopped);
    expect(taken).toBe(0);
  });
});
