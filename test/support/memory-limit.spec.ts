import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { createMemoryLimit } from './memory-limit.ts';

const MEMORY_MIB = 256;

const readLimit = (): number =>
  Number(spawnSync(process.execPath, ['-p', 'process.constrainedMemory()'], { encoding: 'utf8' }).stdout);

it('limits the memory of a process that it starts, and of no other', async () => {
  const before = readLimit();
  const limit = await createMemoryLimit(MEMORY_MIB);
  const applied = limit?.apply(readLimit);
  await limit?.stop();
  expect(applied).toBe(limit && MEMORY_MIB * 1024 ** 2);
  expect(readLimit()).toBe(before);
});
