import { describe, expect, it } from 'vitest';
import { applyToxic } from './toxic.ts';

const passes = { kind: 'passes', lateMs: 0, busyMs: 0 };

describe('the delivery of bytes', () => {
  it('passes without a toxic', () => {
    expect(applyToxic(undefined, 100, 0)).toEqual(passes);
  });

  it('is late by the latency for any number of bytes', () => {
    expect(applyToxic({ kind: 'latency', ms: 80 }, 1, 0)).toEqual({ ...passes, lateMs: 80 });
    expect(applyToxic({ kind: 'latency', ms: 80 }, 9000, 500)).toEqual({ ...passes, lateMs: 80 });
  });

  it('keeps a narrow connection busy', () => {
    expect(applyToxic({ kind: 'bandwidth', bytesPerSecond: 1000 }, 50, 0)).toEqual({ ...passes, busyMs: 50 });
  });

  it('passes up to the cut, which comes with its last byte', () => {
    const cut = { kind: 'cut', afterBytes: 10 } as const;
    expect(applyToxic(cut, 9, 0)).toEqual(passes);
    expect(applyToxic(cut, 10, 0)).toEqual({ kind: 'ends', bytes: 10, by: 'close' });
    expect(applyToxic(cut, 11, 0)).toEqual({ kind: 'ends', bytes: 10, by: 'close' });
    expect(applyToxic(cut, 5, 9)).toEqual({ kind: 'ends', bytes: 1, by: 'close' });
    expect(applyToxic({ kind: 'cut', afterBytes: 0 }, 5, 0)).toEqual({ kind: 'ends', bytes: 0, by: 'close' });
  });

  it('is held by a black hole and lost by a reset', () => {
    expect(applyToxic({ kind: 'black-hole' }, 5, 0)).toEqual({ kind: 'held' });
    expect(applyToxic({ kind: 'reset' }, 5, 0)).toEqual({ kind: 'ends', bytes: 0, by: 'reset' });
  });
});
