import { randomUUID } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import type { ClaimResult, RecordSettings } from '../src/record.ts';
import { type StoreUnderTest, followsTheModel } from './random-transitions.ts';

const SECOND = 1000;
/** Long beside what a run takes, and no sum of the waits below: where time is real too, no edge is met by accident. */
const settings: RecordSettings = { leaseMs: 100 * SECOND, maxTakeovers: 2, keepMs: 1010 * SECOND };
const SAME = '1:aa';
const OTHER = '1:bb';
const OLD_VERSION = '0:cc';
const answer = {
  status: 201,
  headers: { 'content-type': 'application/json', link: ['<a>', '<b>'] },
  body: Buffer.from([0x7b, 0x00, 0xff, 0x0a, 0x7d]),
};

/** What every store must do. */
export function describeIdempotencyStore(open: (settings: RecordSettings) => StoreUnderTest): void {
  const { store, advance } = open(settings);
  let id: string;
  beforeEach(() => {
    id = randomUUID();
  });
  const claimAs = (owner: string, fingerprint = SAME) => store.claim(id, { owner, fingerprint });

  it('gives a key to the first who asks, and keeps the second waiting for what is left of the lease', async () => {
    expect(await claimAs('a')).toEqual({ outcome: 'claimed' });
    await advance(id, 60 * SECOND);
    const { leftMs } = (await claimAs('b')) as Extract<ClaimResult, { outcome: 'busy' }>;
    expect(leftMs).toBeGreaterThan(30 * SECOND);
    expect(leftMs).toBeLessThanOrEqual(40 * SECOND);
  });

  it('knows an owner that asks again', async () => {
    await claimAs('a');
    expect(await claimAs('a')).toEqual({ outcome: 'mine' });
  });

  it('gives a key to one of many who ask at once', async () => {
    const results = await Promise.all(Array.from({ length: 50 }, (_, n) => claimAs(`owner-${n}`)));
    expect(results.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === 'busy')).toHaveLength(49);
  });

  it('replays an answer to the byte', async () => {
    await claimAs('a');
    expect(await store.complete(id, 'a', answer)).toBe(true);
    expect(await claimAs('b')).toEqual({ outcome: 'completed', answer });
    expect(await claimAs('a')).toEqual({ outcome: 'completed', answer });
  });

  it('replays where an answer came from', async () => {
    const origin = {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 1,
    };
    await claimAs('a');
    await store.complete(id, 'a', { ...answer, origin });
    expect(await claimAs('b')).toEqual({ outcome: 'completed', answer: { ...answer, origin } });
  });

  it('replays an answer without a body', async () => {
    const empty = { status: 204, headers: {}, body: Buffer.alloc(0) };
    await claimAs('a');
    await store.complete(id, 'a', empty);
    expect(await claimAs('b')).toEqual({ outcome: 'completed', answer: empty });
  });

  it('knows of a completion whose answer was too large to keep', async () => {
    await claimAs('a');
    await store.complete(id, 'a', undefined);
    expect(await claimAs('b')).toEqual({ outcome: 'completed', answer: undefined });
  });

  it('tells another request under the key apart: in flight, after the lease, unknown, completed, parked', async () => {
    const mismatch = { outcome: 'mismatch' };
    await claimAs('a');
    expect(await claimAs('b', OTHER)).toEqual(mismatch);
    await advance(id, 100 * SECOND);
    expect(await claimAs('b', OTHER)).toEqual(mismatch);
    await store.markUnknown(id, 'a');
    expect(await claimAs('b', OTHER)).toEqual(mismatch);
    await claimAs('c');
    await store.complete(id, 'c', answer);
    expect(await claimAs('b', OTHER)).toEqual(mismatch);
    id = randomUUID();
    await park();
    expect(await claimAs('b', OTHER)).toEqual(mismatch);
  });

  it('does not compare fingerprints of different versions', async () => {
    await claimAs('a', OLD_VERSION);
    await store.complete(id, 'a', answer);
    expect(await claimAs('b')).toEqual({ outcome: 'completed', answer });
  });

  it('lets a key be taken over when its lease has run out, and hears the one before no more', async () => {
    await claimAs('a');
    await advance(id, 100 * SECOND);
    expect(await claimAs('b')).toEqual({ outcome: 'claimed' });
    expect(await store.renew(id, 'a')).toBe(false);
    expect(await store.complete(id, 'a', answer)).toBe(false);
    expect(await store.markUnknown(id, 'a')).toBe(false);
    expect(await store.release(id, 'a')).toBe(false);
    expect(await store.complete(id, 'b', answer)).toBe(true);
  });

  it('hears an owner that is late but was not taken over', async () => {
    await claimAs('a');
    await advance(id, 200 * SECOND);
    expect(await store.complete(id, 'a', answer)).toBe(true);
  });

  it('starts the lease anew when it is renewed', async () => {
    await claimAs('a');
    await advance(id, 90 * SECOND);
    expect(await store.renew(id, 'a')).toBe(true);
    await advance(id, 90 * SECOND);
    expect(await claimAs('b')).toMatchObject({ outcome: 'busy' });
  });

  it('keeps nobody waiting for longer than a lease when its clock goes back', async () => {
    await claimAs('a');
    await advance(id, -3600 * SECOND);
    expect(await claimAs('b')).toEqual({ outcome: 'busy', leftMs: 100 * SECOND });
    await advance(id, 50 * SECOND);
    const { leftMs } = (await claimAs('b')) as Extract<ClaimResult, { outcome: 'busy' }>;
    expect(leftMs).toBeLessThanOrEqual(50 * SECOND);
    await advance(id, 50 * SECOND);
    expect(await claimAs('b')).toEqual({ outcome: 'claimed' });
  });

  it('lets the next try at once when the outcome is unknown, as often as it takes', async () => {
    for (const owner of ['a', 'b', 'c', 'd', 'e']) {
      expect(await claimAs(owner)).toEqual({ outcome: 'claimed' });
      expect(await store.markUnknown(id, owner)).toBe(true);
    }
  });

  it('frees a key of which nothing came, for another request too', async () => {
    await claimAs('a');
    expect(await store.release(id, 'a')).toBe(true);
    expect(await claimAs('b', OTHER)).toEqual({ outcome: 'claimed' });
  });

  it('frees no key of which something may have come before', async () => {
    await claimAs('a');
    await store.markUnknown(id, 'a');
    await claimAs('b');
    expect(await store.release(id, 'b')).toBe(true);
    expect(await claimAs('c', OTHER)).toEqual({ outcome: 'mismatch' });
    expect(await claimAs('c')).toEqual({ outcome: 'claimed' });
    await advance(id, 100 * SECOND);
    await claimAs('d');
    await store.release(id, 'd');
    expect(await claimAs('e', OTHER)).toEqual({ outcome: 'mismatch' });
  });

  it('parks a key after the last takeover, and says once that it did', async () => {
    await park();
    expect(await claimAs('y')).toEqual({ outcome: 'parked', newly: false });
    await advance(id, 100 * SECOND);
    expect(await claimAs('z')).toEqual({ outcome: 'parked', newly: false });
  });

  it('lets the last owner settle what was parked', async () => {
    await park();
    expect(await store.complete(id, 'a', answer)).toBe(false);
    expect(await store.renew(id, 'c')).toBe(true);
    expect(await claimAs('z')).toMatchObject({ outcome: 'busy' });
    expect(await store.release(id, 'c')).toBe(true);
    expect(await claimAs('z', OTHER)).toEqual({ outcome: 'mismatch' });
  });

  it('keeps a record for its time after the last write, no longer', async () => {
    await claimAs('a');
    await advance(id, 900 * SECOND);
    await store.complete(id, 'a', answer);
    await advance(id, 900 * SECOND);
    expect(await claimAs('b')).toEqual({ outcome: 'completed', answer });
    await advance(id, 111 * SECOND);
    expect(await claimAs('b', OTHER)).toEqual({ outcome: 'claimed' });
  });

  it('has nothing to say of a key that nobody claimed', async () => {
    expect(await store.renew(id, 'a')).toBe(false);
    expect(await store.complete(id, 'a', answer)).toBe(false);
    expect(await claimAs('a')).toEqual({ outcome: 'claimed' });
  });

  it('makes the transitions of the model, whatever happens in whatever order', async () => {
    await expect(followsTheModel({ store, advance }, settings)).resolves.toBeUndefined();
  });

  /** Three owners fall silent, one after the other. */
  async function park(): Promise<void> {
    for (const owner of ['a', 'b', 'c']) {
      expect(await claimAs(owner)).toEqual({ outcome: 'claimed' });
      await advance(id, 100 * SECOND);
    }
    expect(await claimAs('x')).toEqual({ outcome: 'parked', newly: true });
  }
}
