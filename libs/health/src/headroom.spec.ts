import { describe, expect, it } from 'vitest';
import { diskIndicator, checkDisk } from './disk-indicator.ts';
import { checkEventLoop, checkMemory } from './process-indicators.ts';

const MIB = 2 ** 20;
const memory = {
  heap: 94 * MIB,
  heapLimit: 100 * MIB,
  rss: 160 * MIB,
  anonymous: 94 * MIB,
  limit: 100 * MIB,
};
const shown = { heapMiB: 94, heapLimitMiB: 100, rssMiB: 160, anonymousMiB: 94 };

describe('checkMemory', () => {
  it('returns sizes in MiB', () => {
    expect(checkMemory(memory)).toEqual({ ...shown, containerLimitMiB: 100 });
    expect(checkMemory({ ...memory, limit: undefined })).toEqual(shown);
  });

  it('fails at 95 % of the heap limit or of the container limit', () => {
    expect(() => checkMemory({ ...memory, heap: 95 * MIB })).toThrow('the heap is exhausted');
    expect(() => checkMemory({ ...memory, anonymous: 95 * MIB })).toThrow('the memory is exhausted');
    expect(() => checkMemory({ ...memory, anonymous: 500 * MIB, limit: undefined })).not.toThrow();
  });

  it('does not count pages of files, which the kernel can drop', () => {
    expect(() => checkMemory({ ...memory, rss: 500 * MIB })).not.toThrow();
  });
});

it('checkEventLoop fails at 200 ms', () => {
  expect(checkEventLoop({ p99Ms: 199, utilization: 0.994 })).toEqual({
    delayP99Ms: 199,
    utilization: 0.99,
  });
  expect(() => checkEventLoop({ p99Ms: 200, utilization: 1 })).toThrow('the event loop is late');
});

describe('the disk indicator', () => {
  it('fails below 64 MiB', () => {
    expect(checkDisk({ free: 64 * MIB, total: 1000 * MIB })).toEqual({ freeMiB: 64, totalMiB: 1000 });
    expect(() => checkDisk({ free: 64 * MIB - 1, total: 1000 * MIB })).toThrow('the disk is full');
  });

  it('checks the first existing parent of a missing directory', async () => {
    const { check } = diskIndicator('/tmp/not/there/yet');
    expect(await check({ signal: new AbortController().signal })).toEqual({
      freeMiB: expect.any(Number),
      totalMiB: expect.any(Number),
    });
  });
});
