import { describe, expect, it } from 'vitest';
import type { Priority, Waiter } from '@film-store/core';
import { CodelQueue } from './codel-queue.ts';

interface Named extends Waiter {
  readonly name: string;
}

const create = (capacity = 10) => new CodelQueue<Named>({ capacity, targetMs: 5, intervalMs: 100 });
const waiter = (name: string, priority: Priority = 'normal', startBy = Infinity): Named => ({
  name,
  priority,
  startBy,
});
const always = () => true;
const takeAll = (queue: CodelQueue<Named>, now: number): string[] => {
  const taken: string[] = [];
  for (let next = queue.take(now, always); next; next = queue.take(now, always)) taken.push(next.name);
  return taken;
};
const expired = (queue: CodelQueue<Named>, now: number) =>
  queue.expire(now).map(({ waiter, reason }) => `${waiter.name} ${reason}`);

describe('a burst', () => {
  it('is served in order of arrival', () => {
    const queue = create();
    for (const name of ['a', 'b', 'c']) queue.push(0, waiter(name));
    expect(takeAll(queue, 100)).toEqual(['a', 'b', 'c']);
    expect(queue.size).toBe(0);
  });

  it('waits for the interval, and not longer', () => {
    const queue = create();
    queue.push(0, waiter('a'));
    expect(queue.nextExpiry()).toBe(100);
    expect(expired(queue, 99)).toEqual([]);
    expect(expired(queue, 100)).toEqual(['a timed-out']);
    expect(queue.nextExpiry()).toBe(Infinity);
  });
});

describe('a queue that has not been empty for longer than the interval', () => {
  const overloaded = () => {
    const queue = create();
    queue.push(0, waiter('a'));
    queue.push(60, waiter('b'));
    queue.expire(100);
    return queue;
  };

  it('is not overloaded at the interval itself', () => {
    const queue = overloaded();
    queue.push(100, waiter('c'));
    expect(queue.nextExpiry()).toBe(160);
    queue.expire(160);
    expect(queue.nextExpiry()).toBe(200);
  });

  it('lets new waiters wait for the target only', () => {
    const queue = overloaded();
    queue.push(101, waiter('c'));
    expect(expired(queue, 105)).toEqual([]);
    expect(expired(queue, 106)).toEqual(['c timed-out']);
  });

  it('serves the newest first', () => {
    const queue = overloaded();
    queue.push(101, waiter('c'));
    expect(takeAll(queue, 101)).toEqual(['c', 'b']);
  });

  it('is not overloaded any more after it was empty', () => {
    const queue = overloaded();
    takeAll(queue, 101);
    queue.push(102, waiter('d'));
    expect(queue.nextExpiry()).toBe(202);
  });
});

describe('priorities', () => {
  it('are served in their order', () => {
    const queue = create();
    queue.push(0, waiter('s', 'sheddable'));
    queue.push(0, waiter('n'));
    queue.push(0, waiter('c', 'critical'));
    expect(takeAll(queue, 1)).toEqual(['c', 'n', 's']);
  });

  it('a waiter does not overtake a higher priority that must wait', () => {
    const queue = create();
    queue.push(0, waiter('s', 'sheddable'));
    queue.push(0, waiter('c', 'critical'));
    expect(queue.take(1, (priority) => priority !== 'critical')).toBeUndefined();
    expect(queue.size).toBe(2);
  });

  it('an overload of critical waiters serves the newest and the oldest in turn', () => {
    const queue = create();
    for (const name of ['a', 'b', 'c', 'd', 'e']) queue.push(0, waiter(name, 'critical'));
    expect(takeAll(queue, 101)).toEqual(['e', 'a', 'd', 'b', 'c']);
  });

  it('newer critical waiters do not keep an older one waiting', () => {
    const queue = create();
    for (const name of ['a', 'b', 'c']) queue.push(0, waiter(name, 'critical'));
    const taken: (string | undefined)[] = [];
    for (let now = 101; now < 107; now += 1) {
      queue.push(now, waiter(`new-${now}`, 'critical'));
      taken.push(queue.take(now, always)?.name);
    }
    expect(taken).toEqual(['new-101', 'a', 'new-103', 'b', 'new-105', 'c']);
  });

  it('critical waiters wait until their deadline is unreachable', () => {
    const queue = create();
    queue.push(0, waiter('c', 'critical'));
    queue.push(0, waiter('late', 'critical', 5000));
    expect(expired(queue, 4999)).toEqual([]);
    expect(expired(queue, 5000)).toEqual(['late deadline-unreachable']);
  });
});

describe('a waiter whose deadline is unreachable', () => {
  it('leaves before the interval is over', () => {
    const queue = create();
    queue.push(0, waiter('a', 'normal', 20));
    expect(expired(queue, 19)).toEqual([]);
    expect(expired(queue, 20)).toEqual(['a deadline-unreachable']);
  });
});

describe('a full queue', () => {
  it('rejects a new waiter in a burst', () => {
    const queue = create(1);
    queue.push(0, waiter('a'));
    const late = waiter('b');
    expect(queue.push(1, late)).toBe(late);
    expect(takeAll(queue, 1)).toEqual(['a']);
  });

  it('evicts its oldest waiter for a new one in an overload', () => {
    const queue = create(2);
    queue.push(0, waiter('a', 'critical'));
    queue.push(0, waiter('b', 'critical'));
    expect(queue.push(101, waiter('c', 'critical'))?.name).toBe('a');
    expect(takeAll(queue, 101)).toEqual(['c', 'b']);
  });

  it('evicts the oldest of the lowest priority for a higher one, and none for a lower one', () => {
    const queue = create(2);
    queue.push(0, waiter('s', 'sheddable'));
    queue.push(0, waiter('n'));
    expect(queue.push(0, waiter('c', 'critical'))?.name).toBe('s');
    expect(queue.push(0, waiter('t', 'sheddable'))?.name).toBe('t');
    expect(takeAll(queue, 0)).toEqual(['c', 'n']);
  });

  it('with a capacity of 0 rejects all', () => {
    expect(create(0).push(0, waiter('a', 'critical'))?.name).toBe('a');
  });
});

it('removes a waiter that leaves, once', () => {
  const queue = create();
  const removed = waiter('a');
  queue.push(0, removed);
  expect(queue.remove(removed)).toBe(true);
  expect(queue.remove(removed)).toBe(false);
  expect(queue.size).toBe(0);
});
