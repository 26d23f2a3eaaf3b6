import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Clock } from '@film-store/core';
import { VirtualClock } from '@film-store/core/testing';
import { z } from 'zod';
import type { LastKnownGood } from '../last-known-good.ts';

/** One requirement on every store. `run` rejects with an `AssertionError` where the store does not meet it. */
export interface LastKnownGoodCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/**
 * Returns the requirements on every `LastKnownGood` store, for any test runner:
 *
 * `for (const { name, run } of lastKnownGoodCases((clock) => myStore(clock))) it(name, run);`
 * @param create creates a store for one case. Its clock starts at 1970-01-01T00:00:00.000Z and is moved by the case. The
 * keys of a case are its own, so the stores may share their data.
 */
export const lastKnownGoodCases = (create: (clock: Clock) => LastKnownGood): readonly LastKnownGoodCase[] =>
  Object.entries(cases).map(([name, check]) => ({
    name,
    run: async () => {
      const clock = new VirtualClock();
      await check({ clock, store: create(clock), key: randomUUID() });
    },
  }));

interface Context {
  readonly clock: VirtualClock;
  readonly store: LastKnownGood;
  readonly key: string;
}

const HOUR_MS = 3_600_000;

async function readText({ store, key }: Context, maxStaleMs = HOUR_MS): Promise<string | undefined> {
  return (await store.read(key, z.string(), maxStaleMs))?.value;
}

async function assertAgesWhenWallClockIsSet(context: Context, stepMs: number): Promise<void> {
  const { clock, store, key } = context;
  clock.advance(48 * HOUR_MS);
  store.set(key, 'a');
  clock.advance(1000);
  clock.stepWall(stepMs);
  assert.deepEqual(await store.read(key, z.string(), HOUR_MS), {
    value: 'a',
    asOf: new Date(48 * HOUR_MS + stepMs).toISOString(),
  });
  store.set(key, 'b');
  assert.equal(await readText(context), 'b');
}

const cases: Readonly<Record<string, (context: Context) => Promise<void>>> = {
  async 'has no value at first'(context) {
    assert.equal(await readText(context), undefined);
  },

  async 'returns the value that was set last, with its time'({ clock, store, key }) {
    store.set(key, ['a']);
    clock.advance(37_000);
    store.set(key, ['b', 'c']);
    clock.advance(5000);
    assert.deepEqual(await store.read(key, z.array(z.string()), HOUR_MS), {
      value: ['b', 'c'],
      asOf: '1970-01-01T00:00:37.000Z',
    });
  },

  async 'keeps keys apart'({ store, key }) {
    store.set(key, 'a');
    assert.equal(await store.read(`${key}-other`, z.string(), HOUR_MS), undefined);
  },

  async 'does not change with the object that was set or returned'({ store, key }) {
    const schema = z.array(z.string());
    const value = ['a'];
    store.set(key, value);
    value.push('b');
    (await store.read(key, schema, HOUR_MS))?.value.push('c');
    assert.deepEqual((await store.read(key, schema, HOUR_MS))?.value, ['a']);
  },

  async 'returns a value of the greatest allowed age, and no older one'(context) {
    context.store.set(context.key, 'a');
    context.clock.advance(3_600_000);
    assert.equal(await readText(context), 'a');
    context.clock.advance(1);
    assert.equal(await readText(context), undefined);
    assert.equal(await readText(context, 2 * HOUR_MS), 'a');
  },

  async 'does not return a value that does not match the schema, as after a deploy'({ store, key }) {
    store.set(key, { title: 'a' });
    const schema = z.object({ title: z.string(), price: z.number() });
    assert.equal(await store.read(key, schema, HOUR_MS), undefined);
  },

  async 'deletes a value, and may set another at once'(context) {
    const { store, key } = context;
    store.set(key, 'a');
    store.delete(key);
    assert.equal(await readText(context), undefined);
    store.set(key, 'b');
    assert.equal(await readText(context), 'b');
  },

  async 'writes a key once a second, and does not serialize the values between'(context) {
    const { clock, store, key } = context;
    let serialized = 0;
    const value = (name: string) => ({ toJSON: () => (serialized++, name) });
    store.set(key, value('a'));
    clock.advance(999);
    store.set(key, value('b'));
    assert.equal(await readText(context), 'a');
    assert.equal(serialized, 1);
    store.set(`${key}-other`, value('c'));
    assert.equal(serialized, 2);
    clock.advance(1);
    store.set(key, value('d'));
    assert.equal(await readText(context), 'd');
    assert.equal(serialized, 3);
  },

  'writes and ages as before when the wall clock is set back by an hour': (context) =>
    assertAgesWhenWallClockIsSet(context, -HOUR_MS),

  'writes and ages as before when the wall clock is set ahead by a day': (context) =>
    assertAgesWhenWallClockIsSet(context, 24 * HOUR_MS),
};
