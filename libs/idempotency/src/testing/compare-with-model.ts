import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
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
} from '../record.ts';
import type { IdempotencyStore } from '../store.ts';
import type { StoreUnderTest } from './store-under-test.ts';

const SECOND = 1000;
const RUNS = 150;
const MAX_ACTIONS = 25;
const RESPONSE = { status: 201, headers: {}, body: Buffer.from('{}') };

type Transition =
  | { readonly do: 'claim'; readonly owner: string; readonly fingerprint: string }
  | { readonly do: 'complete'; readonly owner: string; readonly stored: boolean }
  | { readonly do: 'renew' | 'markUnknown' | 'release'; readonly owner: string };
type Action = Transition | { readonly do: 'wait'; readonly ms: number };

/** Runs 150 random sequences of transitions and waits. Rejects where a result differs from that of `record.ts`. */
export async function compareWithModel(
  { store, advance }: StoreUnderTest,
  settings: RecordSettings,
  seed: number,
): Promise<void> {
  const random = createRandom(seed);
  for (let run = 0; run < RUNS; run++) {
    const id = randomUUID();
    const model = createModel(settings);
    const actions: Action[] = [];
    for (let left = 1 + random(MAX_ACTIONS); left > 0; left--) {
      const action = randomAction(random);
      actions.push(action);
      const expected = model.apply(action);
      const actual = action.do === 'wait' ? await advance(id, action.ms) : await applyTo(store, id, action);
      assert.deepEqual(
        roughly(actual),
        roughly(expected),
        `seed ${seed}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)} after ${JSON.stringify(actions)}`,
      );
    }
  }
}

/** Returns an integer from 0 to `below` - 1. */
type RandomInteger = (below: number) => number;

/** Creates a sequence that depends on the seed alone (mulberry32). */
function createRandom(seed: number): RandomInteger {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const OWNERS = ['a', 'b', 'c'] as const;
const FINGERPRINTS = ['1:aa', '1:aa', '1:aa', '1:bb', '0:cc'] as const;
const WAITS_MS = [40 * SECOND, 100 * SECOND, 400 * SECOND, -300 * SECOND] as const;
const OWNER_ONLY = ['renew', 'markUnknown', 'release'] as const;

function randomAction(random: RandomInteger): Action {
  const pick = <T>(values: readonly T[]): T => values[random(values.length)]!;
  const weight = random(14);
  if (weight < 4) return { do: 'wait', ms: pick(WAITS_MS) };
  if (weight < 10) return { do: 'claim', owner: pick(OWNERS), fingerprint: pick(FINGERPRINTS) };
  if (weight < 11) return { do: 'complete', owner: pick(OWNERS), stored: pick([true, false]) };
  return { do: pick(OWNER_ONLY), owner: pick(OWNERS) };
}

function applyTo(store: IdempotencyStore, id: string, transition: Transition) {
  switch (transition.do) {
    case 'claim':
      return store.claim(id, transition);
    case 'complete':
      return store.complete(id, transition.owner, transition.stored ? RESPONSE : undefined);
    default:
      return store[transition.do](id, transition.owner);
  }
}

/** Applies the pure transitions to one record, on a clock that only `wait` moves. */
function createModel(settings: RecordSettings) {
  let record: IdempotencyRecord | undefined;
  let now = 0;
  let expiresAt = Infinity;

  function step(transition: Transition): Step<ClaimResult | boolean> {
    const { owner } = transition;
    switch (transition.do) {
      case 'claim':
        return claim(record, transition, now, settings);
      case 'renew':
        return renew(record, owner, now, settings);
      case 'complete':
        return complete(record, owner, transition.stored ? RESPONSE : undefined);
      case 'markUnknown':
        return markUnknown(record, owner);
      case 'release':
        return release(record, owner);
      default:
        return transition satisfies never;
    }
  }

  return {
    apply(action: Action): ClaimResult | boolean | undefined {
      if (action.do === 'wait') {
        now += action.ms;
        if (now >= expiresAt) record = undefined;
        return undefined;
      }
      const next = step(action);
      if (next.record !== record) expiresAt = now + settings.keepMs;
      record = next.record;
      return next.result;
    },
  };
}

/** Rounds to steps of 20 s: far more than the real time that passes in a store whose clock does not stand still. */
const roughly = (result: ClaimResult | boolean | void): unknown =>
  typeof result === 'object' && result.outcome === 'busy'
    ? { ...result, leftMs: Math.ceil(result.leftMs / (20 * SECOND)) }
    : result;
