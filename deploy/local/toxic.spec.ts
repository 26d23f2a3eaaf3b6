import { describe, expect, it } from 'vitest';
import { fateOf } from './toxic.ts';

const passes = { kind: 'passes', lateMs: 0, busyMs: 0 };

describe('the fate of bytes', () => {
  it('is to pass where nothing is wrong', () => {
    expect(fateOf(undefined, 100, 0)).toEqual(passes);
  });

  it('is to be late by the latency, however many they are', () => {
    expect(fateOf({ kind: 'latency', ms: 80 }, 1, 0)).toEqual({ ...passes, lateMs: 80 });
    expect(fateOf({ kind: 'latency', ms: 80 }, 9000, 500)).toEqual({ ...passes, lateMs: 80 });
  });

  it('is to keep a narrow line busy', () => {
    expect(fateOf({ kind: 'bandwidth', bytesPerSecond: 1000 }, 50, 0)).toEqual({ ...passes, busyMs: 50 });
  });

  it('is to pass up to the cut, which comes with its last byte', () => {
    const cut = { kind: 'cut', afterBytes: 10 } as const;
    expect(fateOf(cut, 9, 0)).toEqual(passes);
    expect(fateOf(cut, 10, 0)).toEqual({ kind: 'ends', bytes: 10, by: 'close' });
    expect(fateOf(cut, 11, 0)).toEqual({ kind: 'ends', bytes: 10, by: 'close' });
    expect(fateOf(cut, 5, 9)).toEqual({ kind: 'ends', bytes: 1, by: 'close' });
    expect(fateOf({ kind: 'cut', afterBytes: 0 }, 5, 0)).toEqual({ kind: 'ends', bytes: 0, by: 'close' });
  });

  it('is to be held by a black hole and lost by a reset', () => {
    expect(fateOf({ kind: 'black-hole' }, 5, 0)).toEqual({ kind: 'held' });
    expect(fateOf({ kind: 'reset' }, 5, 0)).toEqual({ kind: 'ends', bytes: 0, by: 'reset' });
  });
});
