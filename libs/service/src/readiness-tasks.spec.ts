import { describe, expect, it } from 'vitest';
import { ReadinessTasks } from './readiness-tasks.ts';

const stopped = new Error('stopped before it was ready');
/** Returns the error of a run; `undefined` after a success. */
const catchError = (run: Promise<void>): Promise<unknown> => run.catch((error: unknown) => error);

/** A task that runs until the service stops. */
const runUntilStopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

describe('readiness tasks', () => {
  it('run one after the other, in the order in which they were added', async () => {
    const tasks = new ReadinessTasks();
    const ran: string[] = [];
    const migrated = Promise.withResolvers<void>();
    tasks.add(async () => {
      ran.push('migrate');
      await migrated.promise;
      ran.push('migrated');
    });
    tasks.add(() => void ran.push('warm up'));
    const running = tasks.run();
    expect(ran).toEqual(['migrate']);
    migrated.resolve();
    await running;
    expect(ran).toEqual(['migrate', 'migrated', 'warm up']);
  });

  it('run once, although run is called several times', async () => {
    const tasks = new ReadinessTasks();
    let ran = 0;
    tasks.add(() => void (ran += 1));
    await Promise.all([tasks.run(), tasks.run()]);
    await tasks.run();
    expect(ran).toBe(1);
  });

  it('end with the first task that fails, and reject with its error', async () => {
    const tasks = new ReadinessTasks();
    const failure = new Error('missing table');
    let ran = 0;
    tasks.add(() => Promise.reject(failure));
    tasks.add(() => void (ran += 1));
    await expect(tasks.run()).rejects.toBe(failure);
    expect(ran).toBe(0);
  });

  it('may be empty', async () => {
    expect(await catchError(new ReadinessTasks().run())).toBeUndefined();
  });
});

describe('a stop while readiness tasks run', () => {
  it('aborts the current task, runs no other, and rejects the run', async () => {
    const tasks = new ReadinessTasks();
    let ran = 0;
    tasks.add(runUntilStopped);
    tasks.add(() => void (ran += 1));
    const ended = catchError(tasks.run());
    await tasks.beforeApplicationShutdown();
    expect(await ended).toEqual(stopped);
    expect(ran).toBe(0);
  });

  it('rejects the run although the last task ignores the signal', async () => {
    const tasks = new ReadinessTasks();
    const { promise, resolve } = Promise.withResolvers<void>();
    tasks.add(() => promise);
    const ended = catchError(tasks.run());
    const stopping = tasks.beforeApplicationShutdown();
    resolve();
    await stopping;
    expect(await ended).toEqual(stopped);
  });

  it('waits for the current task, so that its connections are closed after it', async () => {
    const tasks = new ReadinessTasks();
    const { promise, resolve } = Promise.withResolvers<void>();
    let closed = false;
    tasks.add(() => promise);
    const ended = catchError(tasks.run());
    const stopping = tasks.beforeApplicationShutdown().then(() => (closed = true));
    await new Promise(setImmediate);
    expect(closed).toBe(false);
    resolve();
    await stopping;
    expect(await ended).toEqual(stopped);
  });

  it('runs no task if none has begun', async () => {
    const tasks = new ReadinessTasks();
    let ran = 0;
    tasks.add(() => void (ran += 1));
    await tasks.beforeApplicationShutdown();
    await expect(tasks.run()).rejects.toEqual(stopped);
    expect(ran).toBe(0);
  });
});
