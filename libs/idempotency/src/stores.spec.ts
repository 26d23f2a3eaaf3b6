import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { describeOnEveryStore } from '../test/on-every-store.ts';
import { sqliteStore } from '../test/sqlite-store.ts';
import { memoryStore } from './memory-store.ts';
import { idempotencyStoreCases } from './testing/idempotency-store-cases.ts';

describeOnEveryStore('a store', (open) => {
  it.each(idempotencyStoreCases(open))('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});

describe('the custom store of the README', () => {
  it('is the one that is tested', () => {
    const source = readFileSync(new URL('../test/sqlite-store.ts', import.meta.url), 'utf8');
    expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(source);
  });

  const cases = idempotencyStoreCases((settings) => {
    let now = Date.now();
    return {
      store: sqliteStore(new DatabaseSync(':memory:'), settings, () => now),
      advance: async (_, ms) => {
        now += ms;
      },
    };
  });
  it.each(cases)('$name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});

describe('the conformance suite', () => {
  it('finds a store whose lease does not restart at a renewal', async () => {
    const failed = await failedCases((store) => ({ ...store, renew: async () => true }));
    expect(failed).toContain('restarts the lease at a renewal');
    expect(failed).toContain('makes the transitions of the model, in any order');
  });

  it('finds a store that changes bytes', async () => {
    expect(
      await failedCases((store) => ({
        ...store,
        complete: (id, owner, response) =>
          store.complete(id, owner, response && { ...response, body: Buffer.from(response.body.toString()) }),
      })),
    ).toEqual(expect.arrayContaining(['replays a response byte for byte']));
  });
});

type Defect = (store: ReturnType<typeof memoryStore>) => ReturnType<typeof memoryStore>;

async function failedCases(addDefect: Defect): Promise<string[]> {
  let now = 1e9;
  const cases = idempotencyStoreCases(
    (settings) => ({
      store: addDefect(memoryStore(settings, () => now)),
      advance: async (_, ms) => {
        now += ms;
      },
    }),
    { seed: 1 },
  );
  const failed: string[] = [];
  for (const { name, run } of cases) await run().catch(() => failed.push(name));
  return failed;
}
