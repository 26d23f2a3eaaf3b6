import { beforeEach, describe, expect, it } from 'vitest';
import { log } from '../../test/log.ts';
import { ManualTime } from '../../test/manual-time.ts';
import { Poller, type PollerOptions } from './poller.ts';

describe('Poller', () => {
  let time: ManualTime;
  let fails: boolean;
  const startPolling = (poll: PollerOptions['poll']): Poller => {
    const poller = new Poller({ name: 'feed', poll, time, logger: log.logger });
    poller.start();
    return poller;
  };
  const start = (): Poller =>
    startPolling(() => (fails ? Promise.reject(new Error('unreachable')) : Promise.resolve(1000)));

  beforeEach(() => {
    time = new ManualTime();
    fails = false;
    log.takeEvents();
  });

  it('waits for the pause that each poll returns', async () => {
    const poller = start();
    expect(await time.pause()).toBe(1000);
    expect(poller.connection).toEqual({
      state: 'connected',
      lastSuccess: new Date('2026-01-01T00:00:00.000Z'),
    });
    expect(await time.pass()).toBe(1000);
    expect(poller.connection).toEqual({
      state: 'connected',
      lastSuccess: new Date('2026-01-01T00:00:01.000Z'),
    });
    await poller.stop();
  });

  it('backs off while polls fail, and logs failure and recovery once each', async () => {
    const poller = start();
    await time.pause();
    fails = true;
    expect(await time.pass()).toBe(500);
    expect(await time.pass()).toBe(1000);
    expect(await time.pass()).toBe(2000);
    expect(poller.connection).toMatchObject({ state: 'disconnected', failures: 3 });
    fails = false;
    expect(await time.pass()).toBe(1000);
    expect(log.takeEvents()).toEqual(['feed.read_failed', 'feed.read_recovered']);
    await poller.stop();
  });

  it('ends a pause and polling on stop', async () => {
    let polls = 0;
    const poller = startPolling(async () => {
      polls += 1;
      return 1000;
    });
    await time.pause();
    await Promise.all([poller.stop(), poller.stop()]);
    expect(polls).toBe(1);
  });

  it('waits for the current poll on stop, and does not log its abort as a failure', async () => {
    const poller = startPolling(
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    );
    await poller.stop();
    expect(log.takeEvents()).toEqual([]);
  });
});
