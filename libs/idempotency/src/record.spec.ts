import { describe, expect, it } from 'vitest';
import { type IdempotencyRecord, type RecordSettings, claim, release, renew } from './record.ts';

const settings: RecordSettings = { leaseMs: 100, maxTakeovers: 5, keepMs: 1000 };
const inFlight = {
  state: 'in-flight',
  fingerprint: '1:a',
  takeovers: 0,
  owner: 'a',
  leaseUntil: 100,
  mayHaveExecuted: false,
} as const;
const claimAt = (now: number, record?: IdempotencyRecord, owner = 'b') =>
  claim(record, { owner, fingerprint: '1:a' }, now, settings);

describe('a lease', () => {
  it('starts at the claim', () => {
    expect(claimAt(7).record).toEqual({ ...inFlight, owner: 'b', leaseUntil: 107 });
  });

  it('rejects other owners up to its last millisecond, and admits one in the next', () => {
    expect(claimAt(99, inFlight)).toEqual({ record: inFlight, result: { outcome: 'busy', leftMs: 1 } });
    expect(claimAt(100, inFlight)).toEqual({
      record: { ...inFlight, owner: 'b', leaseUntil: 200, takeovers: 1, mayHaveExecuted: true },
      result: { outcome: 'claimed' },
    });
  });

  it('restarts at a renewal, even after its end', () => {
    expect(renew(inFlight, 'a', 150, settings).record).toEqual({ ...inFlight, leaseUntil: 250 });
  });
});

describe('takeovers', () => {
  it('are five; after the sixth lease the record is quarantined', () => {
    expect(claimAt(100, { ...inFlight, takeovers: 4 }).record).toMatchObject({ takeovers: 5 });
    expect(claimAt(100, { ...inFlight, takeovers: 5 })).toEqual({
      record: { state: 'quarantined', fingerprint: '1:a', takeovers: 5, owner: 'a' },
      result: { outcome: 'quarantined', newly: true },
    });
  });

  it('are not counted after an unknown outcome', () => {
    const unknown = { state: 'unknown', fingerprint: '1:a', takeovers: 5 } as const;
    expect(claimAt(0, unknown).record).toEqual({
      ...inFlight,
      owner: 'b',
      takeovers: 5,
      mayHaveExecuted: true,
    });
  });
});

describe('a record that does not change', () => {
  it('is the same object, so stores do not write it', () => {
    expect(claimAt(0, inFlight).record).toBe(inFlight);
    expect(claimAt(0, inFlight, 'a').record).toBe(inFlight);
    expect(release(inFlight, 'b').record).toBe(inFlight);
  });

  it('keeps its fingerprint when another version takes over', () => {
    const { record } = claim(inFlight, { owner: 'b', fingerprint: '2:z' }, 100, settings);
    expect(record).toMatchObject({ owner: 'b', fingerprint: '1:a' });
  });
});
