import { setImmediate as settled } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { holdLease } from './hold-lease.ts';

/** Creates a timer that the test fires. */
function manualTimer() {
  const armed = new Set<{ readonly ms: number; readonly action: () => void }>();
  return {
    after: (ms: number, action: () => void) => {
      const timer = { ms, action };
      armed.add(timer);
      return () => void armed.delete(timer);
    },
    delays: () => [...armed].map(({ ms }) => ms),
    fire: async () => {
      const due = [...armed];
      armed.clear();
      for (const { action } of due) action();
      await settled();
    },
  };
}

function hold(renew: () => Promise<boolean>) {
  const timer = manualTimer();
  const onLost = vi.fn<() => void>();
  return { timer, onLost, releaseLease: holdLease({ leaseMs: 9000, renew, onLost }, timer.after) };
}

it('renews every third of the lease, until it is released', async () => {
  const renew = vi.fn<() => Promise<boolean>>(() => Promise.resolve(true));
  const { timer, releaseLease, onLost } = hold(renew);
  expect(timer.delays()).toEqual([3000]);
  expect(renew).not.toHaveBeenCalled();
  await timer.fire();
  await timer.fire();
  expect(renew).toHaveBeenCalledTimes(2);
  expect(timer.delays()).toEqual([3000]);
  releaseLease();
  expect(timer.delays()).toEqual([]);
  expect(onLost).not.toHaveBeenCalled();
});

it('renews again after a renewal that failed', async () => {
  const renew = vi.fn<() => Promise<boolean>>(() => Promise.reject(new Error('unreachable')));
  const { timer, onLost } = hold(renew);
  await timer.fire();
  expect(timer.delays()).toEqual([3000]);
  expect(onLost).not.toHaveBeenCalled();
});

it('ends after another owner took over, and reports it once', async () => {
  const { timer, onLost, releaseLease } = hold(() => Promise.resolve(false));
  await timer.fire();
  expect(timer.delays()).toEqual([]);
  releaseLease();
  expect(onLost).toHaveBeenCalledTimes(1);
});

it('starts no timer when it is released during a renewal', async () => {
  const renewal = Promise.withResolvers<boolean>();
  const { timer, onLost, releaseLease } = hold(() => renewal.promise);
  await timer.fire();
  releaseLease();
  renewal.resolve(false);
  await settled();
  expect(timer.delays()).toEqual([]);
  expect(onLost).not.toHaveBeenCalled();
});
