import { beforeEach, describe, expect, it } from 'vitest';
import { log } from '../../test/log.ts';
import { ManualTime } from '../../test/manual-time.ts';
import { type Poller, startPolling } from './poller.ts';

describe('startPolling', () => {
  let time: ManualTime;
  let fails: boolean;
  const start = (): Poller =>
    startPolling({
      name: 'feed',
      poll: () => (fails ? Promise.reject(new Error('away')) : Promise.resolve(1000)),
      time,
      logger: log.logger,
    });

  beforeEach(() => {
    time = new ManualTime();
    fails = false;
    log.take();
  });

  it('waits as long as each poll asks for', async () => {
    const poller = start();
    expect(await time.pause()).toBe(1000);
    expect(poller.connection()).toEqual({ state: 'held', lastSuccess: new Date('2026-01-01T00:00:00.000Z') });
    expect(await time.pass()).toBe(1000);
    expect(poller.connection()).toEqual({ state: 'held', lastSuccess: new Date('2026-01-01T00:00:01.000Z') });
    await poller.stop();
  });

  it('backs off while polls fail, and logs the loss and the return once each', async () => {
    const poller = start();
    await time.pause();
    fails = true;
    expect(await time.pass()).toBe(500);
    expect(await time.pass()).toBe(1000);
    expect(await time.pass()).toBe(2000);
    expect(poller.connection()).toMatchObject({ state: 'lost', failures: 3 });
    fails = false;
    expect(await time.pass()).toBe(1000);
    expect(log.take()).toEqual(['feed.lost', 'feed.back']);
    await poller.stop();
  });

  it('ends a pause when it is stopped, and polls no more', async () => {
    let polls = 0;
    const poller = startPolling({
      name: 'feed',
      poll: async () => {
        polls += 1;
        return 1000;
      },
      time,
      logger: log.logger,
    });
    await time.pause();
    await Promise.all([poller.stop(), poller.stop()]);
    expect(polls).toBe(1);
  });

  it('waits for the poll under way when it is stopped, and does not call its abort a loss', async () => {
    const poller = startPolling({
      name: 'feed',
      poll: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
      time,
      logger: log.logger,
    });
    await poller.stop();
    expect(log.take()).toEqual([]);
  });
});
