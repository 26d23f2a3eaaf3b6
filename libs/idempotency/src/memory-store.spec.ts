import { expect, it } from 'vitest';
import { memoryStore } from './memory-store.ts';

it('removes the least recently used record before the responses exceed 64 MiB', async () => {
  const store = memoryStore();
  const body = Buffer.alloc(1024 * 1024);
  const claim = (id: number) => store.claim(`id-${id}`, { owner: `owner-${id}`, fingerprint: '1:a' });
  for (let id = 1; id <= 64; id++) {
    await claim(id);
    await store.complete(`id-${id}`, `owner-${id}`, { status: 201, headers: {}, body });
  }
  expect(await claim(64)).toMatchObject({ outcome: 'completed' });
  expect(await claim(2)).toMatchObject({ outcome: 'completed' });
  expect(await claim(1)).toEqual({ outcome: 'claimed' });
});
