import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Clock } from '@film-store/core';
import { VirtualClock } from '@film-store/core/testing';
import { z } from 'zod';
import type { CachedValue, LastKnownGood } from '../last-known-good.ts';

/**
 * Returns the requirements on every `LastKnownGood` store, for any test runner. `run` rejects with an `AssertionError` if the
 * store does not meet one:
 *
 * `for (const { name, run } of lastKnownGoodCases((clock) => myStore(clock))) it(name, run);`
 * @param create creates a store for one case. The clock starts at 1970-01-01T00:00:00.000Z, and the case advances it. Each
 * case has its own keys, so the stores may share their data.
 */
export const lastKnownGoodCases = (create: (clock: Clock) => LastKnownGood) =>
  Object.entries(cases).map(([name, check]) => ({
    name,
    run: async () => {
      const clock = new VirtualClock();
      const store = create(clock);
      const key = randomUUID();
      const read = <T>(schema: z.ZodType<T>) => store.read(key, schema, HOUR_MS);
      await check({ clock, store, key, read, readText: async () => (await read(z.string()))?.value });
    },
  }));

interface Context {
  readonly clock: VirtualClock;
  readonly store: LastKnownGood;
  readonly key: string;
  /** Reads the key with a greatest age of one hour. */
  readonly read: <T>(schema: z.ZodType<T>) => Promise<CachedValue<T> | undefined>;
  readonly readText: () => Promise<string | undefined>;
}

const HOUR_MS = 3_600_000;

const checkWithWallClockStep =
  (stepMs: number) =>
  async ({ clock, store, key, read, readText }: Context): Promise<void> => {
    clock.advance(48 * HOUR_MS);
    store.set(key, 'a');
    clock.advance(1000);
    clock.stepWall(stepMs);
    const asOf = new Date(48 * HOUR_MS + stepMs).toISOString();
    assert.deepEqual(await read(z.string()), { value: 'a', asOf });
    store.set(key, 'b');
    assert.equal(await readText(), 'b');
  };

const cases: Readonly<Record<string, (context: Context) => Promise<void>>> = {
  async 'has no value at first'({ readText }) {
    assert.equal(await readText(), undefined);
  },

  async 'stores the JSON of a value, if it is given'({ store, key, read }) {
    store.set(key, { title: 'a' }, '{"title":"a","year":1979}');
    assert.deepEqual((await read(z.looseObject({})))?.value, { title: 'a', year: 1979 });
  },

  async 'has the time at which an unchanged value was read last'({ clock, store, key, read }) {
    store.set(key, 'a');
    clock.advance(37_000);
    store.set(key, 'a');
    assert.deepEqual(await read(z.string()), { value: 'a', asOf: '1970-01-01T00:00:37.000Z' });
  },

  async 'returns the value that was set last, with its time'({ clock, store, key, read }) {
    store.set(key, ['a']);
    clock.advance(37_000);
    store.set(key, ['b', 'c']);
    clock.advance(5000);
    const expected = { value: ['b', 'c'], asOf: '1970-01-01T00:00:37.000Z' };
    assert.deepEqual(await read(z.array(z.string())), expected);
  },

  async 'separates keys'({ store, key }) {
    store.set(key, 'a');
    assert.equal(await store.read(`${key}-other`, z.string(), HOUR_MS), undefined);
  },

  async 'does not change with the object that was set or returned'({ store, key, read }) {
    const schema = z.array(z.string());
    const value = ['a'];
    store.set(key, value);
    value.push('b');
    (await read(schema))?.value.push('c');
    assert.deepEqual((await read(schema))?.value, ['a']);
  },

  async 'returns a value of the greatest allowed age, and no older one'({ clock, store, key, readText }) {
    store.set(key, 'a');
    clock.advance(3_600_000);
    assert.equal(await readText(), 'a');
    clock.advance(1);
    assert.equal(await readText(), undefined);
    assert.equal((await store.read(key, z.string(), 2 * HOUR_MS))?.value, 'a');
  },

  async 'does not return a value that does not match the schema, as after a deployment'(context) {
    context.store.set(context.key, { title: 'a' });
    assert.equal(await context.read(z.object({ title: z.string(), price: z.number() })), undefined);
  },

  async 'deletes a value, and can set another one at once'({ store, key, readText }) {
    store.set(key, 'a');
    store.delete(key);
    assert.equal(await readText(), undefined);
    store.set(key, 'b');
    assert.equal(await readText(), 'b');
  },

  async 'writes a key once a second, and does not serialize the values between'(context) {
    const { clock, store, key, readText } = context;
    let serialized = 0;
    const value = (name: string) => ({ toJSON: () => (serialized++, name) });
    store.set(key, value('a'));
    clock.advance(999);
    store.set(key, value('b'));
    assert.equal(await readText(), 'a');
    assert.equal(serialized, 1);
    store.set(`${key}-other`, value('c'));
    assert.equal(serialized, 2);
    clock.advance(1);
    store.set(key, value('d'));
    assert.equal(await readText(), 'd');
    assert.equal(serialized, 3);
  },

  'writes and ages as before when the wall clock is set back by an hour': checkWithWallClockStep(-HOUR_MS),

  'writes and ages as before when the wall clock is set ahead by a day': checkWithWallClockStep(24 * HOUR_MS),
};
