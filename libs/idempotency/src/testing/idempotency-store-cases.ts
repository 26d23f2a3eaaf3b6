import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import type { ClaimResult, RecordSettings } from '../record.ts';
import type { IdempotencyStore } from '../store.ts';
import { compareWithModel } from './compare-with-model.ts';

/** A store with a clock that the suite moves. */
export interface StoreUnderTest {
  readonly store: IdempotencyStore;
  /**
   * Moves time for the record `id` by `ms` milliseconds, backwards if `ms` is negative. A store whose clock cannot be moved
   * subtracts `ms` from the end of the lease and, if `ms` is positive, from the time to live.
   */
  readonly advance: (id: string, ms: number) => Promise<void>;
}

const SECOND = 1000;
/** Much longer than a case takes, and no sum of its waits. So no wait ends exactly at a limit in a store with real time. */
const SETTINGS: RecordSettings = { leaseMs: 100 * SECOND, maxTakeovers: 2, keepMs: 1010 * SECOND };
const SAME = '1:aa';
const OTHER = '1:bb';
const OTHER_VERSION = '0:cc';
const RESPONSE = {
  status: 201,
  headers: { 'content-type': 'application/json', link: ['<a>', '<b>'] },
  body: Buffer.from([0x7b, 0x00, 0xff, 0x0a, 0x7d]),
};

/**
 * Returns the requirements on every `IdempotencyStore`, for any test runner. `run` rejects with an `AssertionError` if the
 * store does not meet one:
 *
 * `for (const { name, run } of idempotencyStoreCases(open)) it(name, run);`
 *
 * Each case has its own ids, so cases may run in any order, also on a store with other records.
 * @param open opens one store with these settings, before the first case
 * @param options.seed of the random transitions. @default a random one, which a failure reports
 */
export function idempotencyStoreCases(
  open: (settings: RecordSettings) => StoreUnderTest | Promise<StoreUnderTest>,
  { seed = randomInt(2 ** 32) }: { readonly seed?: number } = {},
) {
  let opened: Promise<StoreUnderTest> | undefined;
  const openOnce = (): Promise<StoreUnderTest> => (opened ??= Promise.resolve(open(SETTINGS)));
  const all = { ...cases, [MODEL_CASE]: ({ subject }: Context) => compareWithModel(subject, SETTINGS, seed) };
  return Object.entries(all).map(([name, check]) => ({
    name,
    run: async () => check(createContext(await openOnce())),
  }));
}

const MODEL_CASE = 'makes the transitions of the model, in any order';

type Context = ReturnType<typeof createContext>;

function createContext(subject: StoreUnderTest) {
  const { store } = subject;
  const id = randomUUID();
  const claim = (owner: string, fingerprint = SAME): Promise<ClaimResult> =>
    store.claim(id, { owner, fingerprint });
  const advance = (seconds: number): Promise<void> => subject.advance(id, seconds * SECOND);
  return {
    subject,
    claim,
    advance,
    renew: (owner: string) => store.renew(id, owner),
    complete: (owner: string, response: Parameters<typeof store.complete>[2] = RESPONSE) =>
      store.complete(id, owner, response),
    completeWithoutResponse: (owner: string) => store.complete(id, owner, undefined),
    markUnknown: (owner: string) => store.markUnknown(id, owner),
    release: (owner: string) => store.release(id, owner),
    explainLoss: () => store.explainLoss(id),
    /** Lets the leases of three owners expire. */
    quarantine: async (): Promise<void> => {
      for (const owner of ['a', 'b', 'c']) {
        assert.deepEqual(await claim(owner), { outcome: 'claimed' });
        await advance(100);
      }
      assert.deepEqual(await claim('x'), { outcome: 'quarantined', newly: true });
    },
  };
}

/** Asserts that another owner holds the lease, and returns its rest in seconds. */
function assertBusy(result: ClaimResult): number {
  assert.equal(result.outcome, 'busy');
  return result.leftMs / SECOND;
}

const cases: Readonly<Record<string, (context: Context) => Promise<void>>> = {
  async 'lets the first claim run, and returns the rest of the lease to the second'({ claim, advance }) {
    assert.deepEqual(await claim('a'), { outcome: 'claimed' });
    await advance(60);
    const left = assertBusy(await claim('b'));
    assert.ok(left > 30 && left <= 40, `${left} s are left`);
  },

  async 'recognizes an owner that claims again'({ claim }) {
    await claim('a');
    assert.deepEqual(await claim('a'), { outcome: 'already-owned' });
  },

  async 'lets one of 50 concurrent claims run'({ claim }) {
    const results = await Promise.all(Array.from({ length: 50 }, (_, n) => claim(`owner-${n}`)));
    const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
    assert.equal(count('claimed'), 1);
    assert.equal(count('busy'), 49);
  },

  async 'replays a response byte for byte'({ claim, complete }) {
    await claim('a');
    assert.equal(await complete('a'), true);
    assert.deepEqual(await claim('b'), { outcome: 'completed', response: RESPONSE });
    assert.deepEqual(await claim('a'), { outcome: 'completed', response: RESPONSE });
  },

  async 'replays the origin of a response'({ claim, complete }) {
    const origin = {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      traceFlags: 1,
    };
    await claim('a');
    await complete('a', { ...RESPONSE, origin });
    assert.deepEqual(await claim('b'), { outcome: 'completed', response: { ...RESPONSE, origin } });
  },

  async 'replays a response without a body'({ claim, complete }) {
    const response = { status: 204, headers: {}, body: Buffer.alloc(0) };
    await claim('a');
    await complete('a', response);
    assert.deepEqual(await claim('b'), { outcome: 'completed', response });
  },

  async 'records a completion whose response is too large to store'({ claim, completeWithoutResponse }) {
    await claim('a');
    await completeWithoutResponse('a');
    assert.deepEqual(await claim('b'), { outcome: 'completed', response: undefined });
  },

  async 'rejects another request: in flight, after the lease, unknown, completed'(context) {
    const { claim, advance, markUnknown, complete } = context;
    const mismatch = { outcome: 'mismatch' };
    await claim('a');
    assert.deepEqual(await claim('b', OTHER), mismatch);
    await advance(100);
    assert.deepEqual(await claim('b', OTHER), mismatch);
    await markUnknown('a');
    assert.deepEqual(await claim('b', OTHER), mismatch);
    await claim('c');
    await complete('c');
    assert.deepEqual(await claim('b', OTHER), mismatch);
  },

  async 'rejects another request: quarantined'({ quarantine, claim }) {
    await quarantine();
    assert.deepEqual(await claim('b', OTHER), { outcome: 'mismatch' });
  },

  async 'does not compare fingerprints of different versions'({ claim, complete }) {
    await claim('a', OTHER_VERSION);
    await complete('a');
    assert.deepEqual(await claim('b'), { outcome: 'completed', response: RESPONSE });
  },

  async 'lets a claim take over after the lease, and then rejects the former owner'(context) {
    const { claim, advance, renew, complete, markUnknown, release } = context;
    await claim('a');
    await advance(100);
    assert.deepEqual(await claim('b'), { outcome: 'claimed' });
    assert.equal(await renew('a'), false);
    assert.equal(await complete('a'), false);
    assert.equal(await markUnknown('a'), false);
    assert.equal(await release('a'), false);
    assert.equal(await complete('b'), true);
  },

  async 'explains the loss of a record by a takeover'({ claim, advance, complete, explainLoss }) {
    await claim('a');
    await advance(100);
    await claim('b');
    assert.equal(await explainLoss(), 'taken-over');
    await complete('b');
    assert.equal(await explainLoss(), 'taken-over');
  },

  async 'explains the loss of a record by its deletion, also if another attempt has made a new one'(context) {
    const { claim, advance, complete, explainLoss } = context;
    await claim('a');
    await advance(1011);
    assert.equal(await complete('a'), false);
    assert.equal(await explainLoss(), 'record-lost');
    await claim('b');
    assert.equal(await complete('a'), false);
    assert.equal(await explainLoss(), 'record-lost');
  },

  async 'accepts an owner that is late but was not taken over'({ claim, advance, complete }) {
    await claim('a');
    await advance(200);
    assert.equal(await complete('a'), true);
  },

  async 'restarts the lease at a renewal'({ claim, advance, renew }) {
    await claim('a');
    await advance(90);
    assert.equal(await renew('a'), true);
    await advance(90);
    assertBusy(await claim('b'));
  },

  async 'limits a wait to one lease when the clock goes back'({ claim, advance }) {
    await claim('a');
    await advance(-3600);
    assert.deepEqual(await claim('b'), { outcome: 'busy', leftMs: 100 * SECOND });
    await advance(50);
    assert.ok(assertBusy(await claim('b')) <= 50);
    await advance(50);
    assert.deepEqual(await claim('b'), { outcome: 'claimed' });
  },

  async 'lets the next attempt run at once after an unknown outcome, any number of times'(context) {
    for (const owner of ['a', 'b', 'c', 'd', 'e']) {
      assert.deepEqual(await context.claim(owner), { outcome: 'claimed' });
      assert.equal(await context.markUnknown(owner), true);
    }
  },

  async 'frees a key whose request had no effect, also for another request'({ claim, release }) {
    await claim('a');
    assert.equal(await release('a'), true);
    assert.deepEqual(await claim('b', OTHER), { outcome: 'claimed' });
  },

  async 'does not free a key whose earlier attempt may have had an effect'(context) {
    const { claim, markUnknown, release, advance } = context;
    await claim('a');
    await markUnknown('a');
    await claim('b');
    assert.equal(await release('b'), true);
    assert.deepEqual(await claim('c', OTHER), { outcome: 'mismatch' });
    assert.deepEqual(await claim('c'), { outcome: 'claimed' });
    await advance(100);
    await claim('d');
    await release('d');
    assert.deepEqual(await claim('e', OTHER), { outcome: 'mismatch' });
  },

  async 'quarantines a key after the last takeover, and reports it once'({ quarantine, claim, advance }) {
    await quarantine();
    assert.deepEqual(await claim('y'), { outcome: 'quarantined', newly: false });
    await advance(100);
    assert.deepEqual(await claim('z'), { outcome: 'quarantined', newly: false });
  },

  async 'lets the last owner settle a quarantined key'({ quarantine, complete, renew, claim, release }) {
    await quarantine();
    assert.equal(await complete('a'), false);
    assert.equal(await renew('c'), true);
    assertBusy(await claim('z'));
    assert.equal(await release('c'), true);
    assert.deepEqual(await claim('z', OTHER), { outcome: 'mismatch' });
  },

  async 'keeps a record for its time to live after the last write, not longer'(context) {
    const { claim, advance, complete } = context;
    await claim('a');
    await advance(900);
    await complete('a');
    await advance(900);
    assert.deepEqual(await claim('b'), { outcome: 'completed', response: RESPONSE });
    await advance(111);
    assert.deepEqual(await claim('b', OTHER), { outcome: 'claimed' });
  },

  async 'rejects transitions of a key that was never claimed'({ renew, complete, claim }) {
    assert.equal(await renew('a'), false);
    assert.equal(await complete('a'), false);
    assert.deepEqual(await claim('a'), { outcome: 'claimed' });
  },
};
