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
  it('runs from the claim on', () => {
    expect(claimAt(7).record).toEqual({ ...inFlight, owner: 'b', leaseUntil: 107 });
  });

  it('keeps others out to its last millisecond, and lets one in the next', () => {
    expect(claimAt(99, inFlight)).toEqual({ record: inFlight, result: { outcome: 'busy', leftMs: 1 } });
    expect(claimAt(100, inFlight)).toEqual({
      record: { ...inFlight, owner: 'b', leaseUntil: 200, takeovers: 1, mayHaveExecuted: true },
      result: { outcome: 'claimed' },
    });
  });

  it('starts anew when it is renewed, even after its end', () => {
    expect(renew(inFlight, 'a', 150, settings).record).toEqual({ ...inFlight, leaseUntil: 250 });
  });
});

describe('takeovers', () => {
  it('are five; the sixth silence parks the record', () => {
    expect(claimAt(100, { ...inFlight, takeovers: 4 }).record).toMatchObject({ takeovers: 5 });
    expect(claimAt(100, { ...inFlight, takeovers: 5 })).toEqual({
      record: { state: 'quarantined', fingerprint: '1:a', takeovers: 5, owner: 'a' },
      result: { outcome: 'quarantined', newly: true },
    });
  });

  it('are not counted where the owner said that it does not know', () => {
    const unknown = { state: 'unknown', fingerprint: '1:a', takeovers: 5 } as const;
    expect(claimAt(0, unknown).record).toEqual({
      ...inFlight,
      owner: 'b',
      takeovers: 5,
      mayHaveExecuted: true,
    });
  });
});

describe('a record that stays', () => {
  it('is the very same object, so that no store writes it', () => {
    expect(claimAt(0, inFlight).record).toBe(inFlight);
    expect(claimAt(0, inFlight, 'a').record).toBe(inFlight);
    expect(release(inFlight, 'b').record).toBe(inFlight);
  });

  it('keeps its fingerprint when another version takes over', () => {
    const { record } = claim(inFlight, { owner: 'b', fingerprint: '2:z' }, 100, settings);
    expect(record).toMatchObject({ owner: 'b', fingerprint: '1:a' });
  });
});
