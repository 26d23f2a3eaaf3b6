import { setFlagsFromString } from 'node:v8';
import { expect, it } from 'vitest';
import type * as tasks from '../../test/heap-limit-task.ts';
import { Threads } from './threads.ts';

it('limits the heap of a thread, whatever limits the flags of the process set', async () => {
  setFlagsFromString('--max-old-space-size=2000');
  setFlagsFromString('--max-semi-space-size=16');
  const module = new URL('../../test/heap-limit-task', import.meta.url);
  const threads = new Threads<typeof tasks>({ module, count: 1, heapMiB: 32 });
  const heapMiB = await threads.run('readHeapLimit', { unit: 2 ** 20 });
  await threads.stop();
  // The young generation comes on top of the 32 MiB.
  expect(heapMiB).toBeLessThan(48);
});
