import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import {
  type ClaimResult,
  type IdempotencyRecord,
  type RecordSettings,
  type Step,
  claim,
  complete,
  markUnknown,
  release,
  renew,
} from '../src/record.ts';
import type { IdempotencyStore } from '../src/store.ts';

export interface StoreUnderTest {
  readonly store: IdempotencyStore;
  /** Moves the store's clock for one record, by milliseconds: back where they are negative. */
  readonly advance: (id: string, ms: number) => Promise<void>;
}

const SECOND = 1000;
const RUNS = 150;
const answer = { status: 201, headers: {}, body: Buffer.from('{}') };

/** Fails with the shortest sequence of transitions and waits by which the store differs from `record.ts`. */
export async function followsTheModel(
  { store, advance }: StoreUnderTest,
  settings: RecordSettings,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 25 }), async (actions) => {
      const id = randomUUID();
      const model = createModel(settings);
      for (const each of actions) {
        const expected = model.take(each);
        const result = each.do === 'wait' ? await advance(id, each.ms) : await take(store, id, each);
        expect(roughly(result)).toEqual(roughly(expected));
      }
    }),
    { numRuns: RUNS },
  );
}

type Action =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'claim'; readonly owner: string; readonly fingerprint: string }
  | { readonly do: 'complete'; readonly owner: string; readonly kept: boolean }
  | { readonly do: 'renew' | 'markUnknown' | 'release'; readonly owner: string };

const owner = fc.constantFrom('a', 'b', 'c');
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('wait'),
      ms: fc.constantFrom(40 * SECOND, 100 * SECOND, 400 * SECOND, -300 * SECOND),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('claim'),
      owner,
      fingerprint: fc.constantFrom('1:aa', '1:aa', '1:aa', '1:bb', '0:cc'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('complete'), owner, kept: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('renew', 'markUnknown', 'release'), owner }) },
);

function take(store: IdempotencyStore, id: string, each: Exclude<Action, { do: 'wait' }>) {
  switch (each.do) {
    case 'claim':
      return store.claim(id, each);
    case 'complete':
      return store.complete(id, each.owner, each.kept ? answer : undefined);
    default:
      return store[each.do](id, each.owner);
  }
}

/** The pure transitions over one record and a clock that only `wait` moves. */
function createModel(settings: RecordSettings) {
  let record: IdempotencyRecord | undefined;
  let now = 0;
  let expiresAt = Infinity;

  function step(each: Exclude<Action, { do: 'wait' }>): Step<ClaimResult | boolean> {
    switch (each.do) {
      case 'claim':
        return claim(record, each, now, settings);
      case 'renew':
        return renew(record, each.owner, now, settings);
      case 'complete':
        return complete(record, each.owner, each.kept ? answer : undefined);
      case 'markUnknown':
        return markUnknown(record, each.owner);
      case 'release':
        return release(record, each.owner);
      default:
        return each satisfies never;
    }
  }

  return {
    take(each: Action): ClaimResult | boolean | undefined {
      if (each.do === 'wait') {
        now += each.ms;
        if (now >= expiresAt) record = undefined;
        return undefined;
      }
      const next = step(each);
      if (next.record !== record) expiresAt = now + settings.keepMs;
      record = next.record;
      return next.result;
    },
  };
}

/** In whole steps of 20 s, where real time passes too: far less than that does. */
const roughly = (result: ClaimResult | boolean | void): unknown =>
  typeof result === 'object' && result.outcome === 'busy'
    ? { ...result, leftMs: Math.ceil(result.leftMs / (20 * SECOND)) }
    : result;
