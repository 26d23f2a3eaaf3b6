import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Problem } from '@film-store/problem';
import { VirtualClock, settle } from '@film-store/core/testing';
import { Broadcast } from './broadcast.ts';

/** A broadcast whose messages are `1`, `2`, …, each with a full stop. */
function harness() {
  const clock = new VirtualClock();
  let looks = 0;
  const broadcast = new Broadcast(clock, async () => {
    looks += 1;
    return `${looks}.`;
  });
  const second = async () => {
    clock.advance(1000);
    await settle();
  };
  return { clock, broadcast, second, looks: () => looks };
}

/** Reads all that comes, as it comes. */
function readAll(viewer: Readable): { text: string; ended: boolean } {
  const read = { text: '', ended: false };
  viewer.on('data', (chunk: Buffer) => (read.text += chunk.toString()));
  viewer.on('end', () => (read.ended = true));
  return read;
}

describe('a broadcast', () => {
  it('looks at nothing while nobody watches', async () => {
    const { clock, second, looks } = harness();
    await second();
    expect([looks(), clock.armed]).toEqual([0, 0]);
  });

  it('looks at once for the first viewer, then every second, once for all', async () => {
    const { broadcast, second } = harness();
    const first = readAll(broadcast.join());
    await settle();
    const other = readAll(broadcast.join());
    await settle();
    expect([first.text, other.text]).toEqual(['1.', '']);
    await second();
    await second();
    expect([first.text, other.text]).toEqual(['1.2.3.', '2.3.']);
  });

  it('stops looking when the last viewer has left, and begins again for the next', async () => {
    const { clock, broadcast, second, looks } = harness();
    const viewer = broadcast.join();
    await settle();
    viewer.destroy();
    await settle();
    await second();
    expect([looks(), clock.armed]).toEqual([1, 0]);
    const next = readAll(broadcast.join());
    await settle();
    expect(next.text).toBe('2.');
  });

  it('drops what a viewer does not read, and goes on with the latest', async () => {
    const { broadcast, second } = harness();
    const slow = broadcast.join();
    await settle();
    for (let time = 0; time < 100; time += 1) await second();
    expect(slow.readableLength).toBe(0);
    const read = readAll(slow);
    await settle();
    await second();
    expect(read.text).toBe('101.102.');
  });

  it('has room for sixteen, and for another one when one of them has left', async () => {
    const { broadcast } = harness();
    const viewers = Array.from({ length: 16 }, () => broadcast.join());
    const join = () => broadcast.join();
    expect(join).toThrow(Problem);
    viewers[3]?.destroy();
    await settle();
    expect(join).not.toThrow();
    expect(join).toThrow('too many are watching');
  });

  it('ends for everybody, also who reads nothing, and lets nobody in any more', async () => {
    const { clock, broadcast, second, looks } = harness();
    const reader = readAll(broadcast.join());
    const idle = broadcast.join();
    await settle();
    await second();
    await second();
    broadcast.end();
    await settle();
    expect([reader.ended, idle.destroyed, clock.armed]).toEqual([true, true, 0]);
    await second();
    expect(looks()).toBe(3);
    expect(() => broadcast.join()).toThrow('the service stops');
  });
});
