import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { VirtualClock } from '@film-store/core/testing';
import { memoryLastKnownGood } from './memory-last-known-good.ts';
import { lastKnownGoodCases } from './testing/last-known-good-cases.ts';

const HOUR_MS = 3_600_000;

describe('last known good in memory', () => {
  it.each(lastKnownGoodCases(memoryLastKnownGood))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });

  it('stores 5,000 entries, and removes the least recently used one', async () => {
    const store = memoryLastKnownGood(new VirtualClock());
    for (let index = 0; index < 5000; index++) store.set(`key-${index}`, index);
    const read = async (key: string) => (await store.read(key, z.number(), HOUR_MS))?.value;
    expect(await read('key-0')).toBe(0);
    store.set('key-5000', 5000);
    expect(await read('key-0')).toBe(0);
    expect(await read('key-1')).toBeUndefined();
    expect(await read('key-2')).toBe(2);
    expect(await read('key-5000')).toBe(5000);
  });

  it('stores 32 Mi characters in total', async () => {
    const store = memoryLastKnownGood(new VirtualClock());
    const mebi = 'x'.repeat(1024 * 1024);
    for (let index = 0; index < 32; index++) store.set(`key-${index}`, mebi);
    const read = (key: string) => store.read(key, z.string(), HOUR_MS);
    expect(await read('key-0')).toBeUndefined();
    expect(await read('key-1')).toBeDefined();
    expect(await read('key-31')).toBeDefined();
  });
});
