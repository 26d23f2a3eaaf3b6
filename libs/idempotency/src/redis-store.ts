import type { ResilienceExecutor } from '@film-store/core';
import type { Cluster, Redis } from 'ioredis';
import type { KeptAnswer } from './answer.ts';
import { type ClaimResult, RECORD_DEFAULTS, type RecordSettings } from './record.ts';
import { CLAIM, COMPLETE, RELEASE, RENEW, UNKNOWN } from './redis-scripts.ts';
import type { IdempotencyStore } from './store.ts';

/**
 * A store that every replica shares. One round trip a transition; the key is one hash slot. Whoever guards the client
 * bounds how long a transition takes; the client must not send a command twice by itself.
 */
export function redisStore(
  redis: ResilienceExecutor<Redis | Cluster>,
  settings: Partial<RecordSettings> = {},
): IdempotencyStore {
  const { leaseMs, maxTakeovers, keepMs } = { ...RECORD_DEFAULTS, ...settings };
  const keyOf = (id: string): string => `idem:1:{${id}}`;
  const ask = (name: string, transition: Transition): Promise<unknown> =>
    redis.execute((client) => transition(scriptsOf(client)), { summary: `EVALSHA idempotency.${name}` });
  const asOwner = async (name: string, transition: Transition): Promise<boolean> =>
    (await ask(name, transition)) === 1;

  return {
    leaseMs,
    async claim(id, { owner, fingerprint }) {
      const wanted = () =>
        ask('claim', (scripts) =>
          scripts.idempotencyClaimBuffer(keyOf(id), owner, fingerprint, leaseMs, maxTakeovers, keepMs),
        );
      // An error does not say whether the claim was made. If it was, it is found to be ours.
      return toClaimResult(await wanted().catch(wanted));
    },
    renew: (id, owner) =>
      asOwner('renew', (scripts) => scripts.idempotencyRenew(keyOf(id), owner, leaseMs, keepMs)),
    complete: (id, owner, answer) =>
      asOwner('complete', (scripts) =>
        scripts.idempotencyComplete(keyOf(id), owner, keepMs, ...toFields(answer)),
      ),
    markUnknown: (id, owner) =>
      asOwner('unknown', (scripts) => scripts.idempotencyUnknown(keyOf(id), owner, keepMs)),
    release: (id, owner) =>
      asOwner('release', (scripts) => scripts.idempotencyRelease(keyOf(id), owner, keepMs)),
  };
}

type Script = (key: string, ...args: (string | number | Buffer)[]) => Promise<unknown>;

type Transition = (scripts: Scripts) => Promise<unknown>;

interface Scripts {
  /** Replies in bytes: a body need not be text. */
  readonly idempotencyClaimBuffer: Script;
  readonly idempotencyRenew: Script;
  readonly idempotencyComplete: Script;
  readonly idempotencyUnknown: Script;
  readonly idempotencyRelease: Script;
}

const LUA = {
  idempotencyClaim: CLAIM,
  idempotencyRenew: RENEW,
  idempotencyComplete: COMPLETE,
  idempotencyUnknown: UNKNOWN,
  idempotencyRelease: RELEASE,
};

/** The client with the scripts as commands: each is sent whole once per connection, and by its hash from then on. */
function scriptsOf(client: (Redis | Cluster) & Partial<Scripts>): Scripts {
  if (!client.idempotencyClaimBuffer)
    for (const [name, lua] of Object.entries(LUA)) client.defineCommand(name, { numberOfKeys: 1, lua });
  return client as unknown as Scripts;
}

type Reply = readonly [outcome: Buffer, ...details: unknown[]];

function toClaimResult(reply: unknown): ClaimResult {
  const [bytes, ...details] = reply as Reply;
  const outcome = bytes.toString() as ClaimResult['outcome'];
  switch (outcome) {
    case 'claimed':
    case 'mine':
    case 'mismatch':
      return { outcome };
    case 'completed':
      return { outcome, answer: toAnswer(details as [Buffer | null, Buffer | null]) };
    case 'busy':
      return { outcome, leftMs: details[0] as number };
    case 'parked':
      return { outcome, newly: details[0] === 1 };
    default:
      return outcome satisfies never;
  }
}

const toFields = (answer: KeptAnswer): [head: string, body: Buffer] | [] =>
  answer
    ? [JSON.stringify({ status: answer.status, headers: answer.headers, origin: answer.origin }), answer.body]
    : [];

const toAnswer = ([head, body]: [Buffer | null, Buffer | null]): KeptAnswer =>
  head && body
    ? { ...(JSON.parse(head.toString()) as Omit<NonNullable<KeptAnswer>, 'body'>), body }
    : undefined;
