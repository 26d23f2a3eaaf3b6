import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { seeded } from '@film-store/core';
import type { ClaimResult, IdempotencyRecord, Loss, RecordSettings } from '../record.ts';
import { createIdempotencyStore } from '../store.ts';
import type { StoreUnderTest } from './idempotency-store-cases.ts';

const SECOND = 1000;
const RUNS = 150;
const MAX_ACTIONS = 25;
const RESPONSE = { status: 201, headers: {}, body: Buffer.from('{}') };

type Action =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'claim'; readonly owner: string; readonly fingerprint: string }
  | { readonly do: 'complete'; readonly owner: string; readonly stored: boolean }
  | { readonly do: 'renew' | 'markUnknown' | 'release'; readonly owner: string }
  | { readonly do: 'explainLoss' };

/** Runs 150 random sequences of transitions and waits. Rejects if a result differs from the result of `record.ts`. */
export async function compareWithModel(
  subject: StoreUnderTest,
  settings: RecordSettings,
  seed: number,
): Promise<void> {
  const random = seeded(seed);
  const draw = (below: number): number => Math.floor(random() * below);
  for (let run = 0; run < RUNS; run++) {
    const id = randomUUID();
    const model = createModel(settings);
    const actions: Action[] = [];
    for (let left = 1 + draw(MAX_ACTIONS); left > 0; left--) {
      const drawn = drawAction(draw);
      // A store may delete an expired record at the next access. A clock that goes back before would restore the record.
      const isSecondWait = drawn.do === 'wait' && actions.at(-1)?.do === 'wait';
      const action = isSecondWait ? { ...drawn, ms: Math.abs(drawn.ms) } : drawn;
      actions.push(action);
      const expected = await perform(action, id, model);
      const actual = await perform(action, id, subject);
      assert.deepEqual(
        roundTime(actual),
        roundTime(expected),
        `seed ${seed}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)} after ${JSON.stringify(actions)}`,
      );
    }
  }
}

const OWNERS = ['a', 'b', 'c'] as const;
const FINGERPRINTS = ['1:aa', '1:aa', '1:aa', '1:bb', '0:cc'] as const;
const WAITS_MS = [40 * SECOND, 100 * SECOND, 400 * SECOND, -300 * SECOND] as const;
const OWNER_ONLY = ['renew', 'markUnknown', 'release'] as const;

/** @param draw returns an integer from 0 to `below` - 1 */
function drawAction(draw: (below: number) => number): Action {
  const pick = <T>(values: readonly T[]): T => values[draw(values.length)]!;
  const weight = draw(15);
  if (weight < 4) return { do: 'wait', ms: pick(WAITS_MS) };
  if (weight < 10) return { do: 'claim', owner: pick(OWNERS), fingerprint: pick(FINGERPRINTS) };
  if (weight < 11) return { do: 'complete', owner: pick(OWNERS), stored: pick([true, false]) };
  if (weight < 12) return { do: 'explainLoss' };
  return { do: pick(OWNER_ONLY), owner: pick(OWNERS) };
}

function perform(action: Action, id: string, { store, advance }: StoreUnderTest) {
  switch (action.do) {
    case 'wait':
      return advance(id, action.ms);
    case 'claim':
      return store.claim(id, action);
    case 'complete':
      return store.complete(id, action.owner, action.stored ? RESPONSE : undefined);
    case 'explainLoss':
      return store.explainLoss(id);
    default:
      return store[action.do](id, action.owner);
  }
}

/** Creates a store of one record, with the transitions of `record.ts`. */
function createModel(settings: RecordSettings): StoreUnderTest {
  let record: IdempotencyRecord | undefined;
  let now = 0;
  let expiresAt = Infinity;
  return {
    store: createIdempotencyStore(async (_, transition) => {
      const next = transition(record, now);
      if (next.record !== record) expiresAt = now + settings.keepMs;
      record = next.record;
      return next.result;
    }, settings),
    async advance(_, ms) {
      now += ms;
      if (now >= expiresAt) record = undefined;
    },
  };
}

/** Rounds to steps of 20 s. A store whose clock does not stand still needs far less real time. */
const roundTime = (result: ClaimResult | Loss | boolean | void): unknown =>
  typeof result === 'object' && result.outcome === 'busy'
    ? { ...result, leftMs: Math.ceil(result.leftMs / (20 * SECOND)) }
    : result;
