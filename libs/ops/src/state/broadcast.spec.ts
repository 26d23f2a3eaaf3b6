import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Problem } from '@film-store/problem';
import { VirtualClock, settle } from '@film-store/core/testing';
import { Broadcast } from './broadcast.ts';

/** Creates a broadcast with the messages `1.`, `2.`, … */
function createHarness() {
  const clock = new VirtualClock();
  let created = 0;
  const broadcast = new Broadcast(clock, async () => {
    created += 1;
    return `${created}.`;
  });
  const passSecond = async () => {
    clock.advance(1000);
    await settle();
  };
  return { clock, broadcast, passSecond, created: () => created };
}

/** Reads everything that arrives. */
function readAll(subscriber: Readable): { text: string; ended: boolean } {
  const read = { text: '', ended: false };
  subscriber.on('data', (chunk: Buffer) => (read.text += chunk.toString()));
  subscriber.on('end', () => (read.ended = true));
  return read;
}

describe('Broadcast', () => {
  it('creates no message without a subscriber', async () => {
    const { clock, passSecond, created } = createHarness();
    await passSecond();
    expect([created(), clock.armed]).toEqual([0, 0]);
  });

  it('sends a message to the first subscriber at once, then one per second to all', async () => {
    const { broadcast, passSecond } = createHarness();
    const first = readAll(broadcast.subscribe());
    await settle();
    const second = readAll(broadcast.subscribe());
    await settle();
    expect([first.text, second.text]).toEqual(['1.', '']);
    await passSecond();
    await passSecond();
    expect([first.text, second.text]).toEqual(['1.2.3.', '2.3.']);
  });

  it('stops when the last subscriber leaves, and starts again with the next one', async () => {
    const { clock, broadcast, passSecond, created } = createHarness();
    const subscriber = broadcast.subscribe();
    await settle();
    subscriber.destroy();
    await settle();
    await passSecond();
    expect([created(), clock.armed]).toEqual([1, 0]);
    const next = readAll(broadcast.subscribe());
    await settle();
    expect(next.text).toBe('2.');
  });

  it('drops the messages that a subscriber does not read, except the latest', async () => {
    const { broadcast, passSecond } = createHarness();
    const slow = broadcast.subscribe();
    await settle();
    for (let count = 0; count < 100; count += 1) await passSecond();
    expect(slow.readableLength).toBe(0);
    const read = readAll(slow);
    await settle();
    await passSecond();
    expect(read.text).toBe('101.102.');
  });

  it('accepts 16 subscribers, and one more when one of them has left', async () => {
    const { broadcast } = createHarness();
    const subscribers = Array.from({ length: 16 }, () => broadcast.subscribe());
    const subscribe = () => broadcast.subscribe();
    expect(subscribe).toThrow(Problem);
    subscribers[3]?.destroy();
    await settle();
    expect(subscribe).not.toThrow();
    expect(subscribe).toThrow('the stream has 16 subscribers already');
  });

  it('ends all subscribers, including one that reads nothing, and accepts no more', async () => {
    const { clock, broadcast, passSecond, created } = createHarness();
    const reader = readAll(broadcast.subscribe());
    const idle = broadcast.subscribe();
    await settle();
    await passSecond();
    await passSecond();
    broadcast.end();
    await settle();
    expect([reader.ended, idle.destroyed, clock.armed]).toEqual([true, true, 0]);
    await passSecond();
    expect(created()).toBe(3);
    expect(() => broadcast.subscribe()).toThrow('the service is draining');
  });
});
