import { describe, expect, it } from 'vitest';
import { diskIndicator, judgeDisk } from './disk-indicator.ts';
import { judgeLoop, judgeMemory } from './process-indicators.ts';

const MIB = 2 ** 20;
const memory = { heap: 94 * MIB, heapLimit: 100 * MIB, rss: 94 * MIB, rssLimit: 100 * MIB };

describe('memory', () => {
  it('is told in MiB', () => {
    expect(judgeMemory(memory)).toEqual({ heapMiB: 94, heapLimitMiB: 100, rssMiB: 94, rssLimitMiB: 100 });
    expect(judgeMemory({ ...memory, rssLimit: undefined })).toEqual({
      heapMiB: 94,
      heapLimitMiB: 100,
      rssMiB: 94,
    });
  });

  it('is exhausted at 95 % of the heap, or of what the container allows', () => {
    expect(() => judgeMemory({ ...memory, heap: 95 * MIB })).toThrow('the heap is exhausted');
    expect(() => judgeMemory({ ...memory, rss: 95 * MIB })).toThrow('the memory is exhausted');
    expect(() => judgeMemory({ ...memory, rss: 500 * MIB, rssLimit: undefined })).not.toThrow();
  });
});

it('an event loop is late at 200 ms', () => {
  expect(judgeLoop({ delayP99Ms: 199, utilisation: 0.994 })).toEqual({ delayP99Ms: 199, utilisation: 0.99 });
  expect(() => judgeLoop({ delayP99Ms: 200, utilisation: 1 })).toThrow('the event loop is late');
});

describe('a disk', () => {
  it('is full with less than 64 MiB left', () => {
    expect(judgeDisk({ free: 64 * MIB, total: 1000 * MIB })).toEqual({ freeMiB: 64, totalMiB: 1000 });
    expect(() => judgeDisk({ free: 64 * MIB - 1, total: 1000 * MIB })).toThrow('the disk is full');
  });

  it('is looked at where the directory will be that is not there yet', async () => {
    const { check } = diskIndicator('/tmp/not/there/yet');
    expect(await check({ signal: new AbortController().signal })).toEqual({
      freeMiB: expect.any(Number),
      totalMiB: expect.any(Number),
    });
  });
});
