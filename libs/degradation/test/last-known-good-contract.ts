import { randomUUID } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import type { Clock } from '@film-store/core';
import type { LastKnownGood } from '../src/last-known-good.ts';
import { VirtualClock } from '../../core/test/virtual-clock.ts';

const HOUR_MS = 3_600_000;

/** What every store must do. The clock starts at 1970-01-01T00:00:00.000Z. */
export function lastKnownGoodContract(create: (clock: Clock) => LastKnownGood): void {
  let clock: VirtualClock;
  let store: LastKnownGood;
  let key: string;
  beforeEach(() => {
    clock = new VirtualClock();
    store = create(clock);
    key = randomUUID();
  });

  it('knows nothing at first', async () => {
    expect(await store.read(key, z.string(), HOUR_MS)).toBeUndefined();
  });

  it('gives back what it kept last, and says when that was', async () => {
    store.set(key, ['a']);
    clock.advance(37_000);
    store.set(key, ['b', 'c']);
    clock.advance(5000);
    expect(await store.read(key, z.array(z.string()), HOUR_MS)).toEqual({
      value: ['b', 'c'],
      asOf: '1970-01-01T00:00:37.000Z',
    });
  });

  it('keeps keys apart', async () => {
    store.set(key, 'a');
    expect(await store.read(`${key}-other`, z.string(), HOUR_MS)).toBeUndefined();
  });

  it('is not changed by what happens to the value afterwards', async () => {
    const value = ['a'];
    store.set(key, value);
    value.push('b');
    (await store.read(key, z.array(z.string()), HOUR_MS))?.value.push('c');
    expect((await store.read(key, z.array(z.string()), HOUR_MS))?.value).toEqual(['a']);
  });

  it('gives out what is as old as may be, and nothing older', async () => {
    store.set(key, 'a');
    clock.advance(3_600_000);
    expect((await store.read(key, z.string(), HOUR_MS))?.value).toBe('a');
    clock.advance(1);
    expect(await store.read(key, z.string(), HOUR_MS)).toBeUndefined();
    expect((await store.read(key, z.string(), 2 * HOUR_MS))?.value).toBe('a');
  });

  it('does not give out what no longer fits, as after a deploy', async () => {
    store.set(key, { title: 'Alien' });
    expect(
      await store.read(key, z.object({ title: z.string(), price: z.number() }), HOUR_MS),
    ).toBeUndefined();
  });

  it('forgets, and may keep again at once', async () => {
    store.set(key, 'a');
    store.delete(key);
    expect(await store.read(key, z.string(), HOUR_MS)).toBeUndefined();
    store.set(key, 'b');
    expect((await store.read(key, z.string(), HOUR_MS))?.value).toBe('b');
  });

  it('writes a key once a second, and does not even look at what comes between', async () => {
    let looked = 0;
    const value = (name: string) => ({ toJSON: () => (looked++, name) });
    store.set(key, value('a'));
    clock.advance(999);
    store.set(key, value('b'));
    expect((await store.read(key, z.string(), HOUR_MS))?.value).toBe('a');
    expect(looked).toBe(1);
    store.set(`${key}-other`, value('c'));
    expect(looked).toBe(2);
    clock.advance(1);
    store.set(key, value('d'));
    expect((await store.read(key, z.string(), HOUR_MS))?.value).toBe('d');
    expect(looked).toBe(3);
  });

  it.each([-HOUR_MS, 24 * HOUR_MS])(
    'keeps and ages as before when the wall clock is set by %i ms',
    async (step) => {
      clock.advance(48 * HOUR_MS);
      store.set(key, 'a');
      clock.advance(1000);
      clock.stepWall(step);
      expect(await store.read(key, z.string(), HOUR_MS)).toEqual({
        value: 'a',
        asOf: new Date(48 * HOUR_MS + step).toISOString(),
      });
      store.set(key, 'b');
      expect((await store.read(key, z.string(), HOUR_MS))?.value).toBe('b');
    },
  );
}
