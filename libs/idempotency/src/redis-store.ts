import type { ResilienceExecutor } from '@film-store/core';
import type { StoredResponse } from './final-response.ts';
import { type ClaimResult, RECORD_DEFAULTS, type RecordSettings } from './record.ts';
import { CLAIM, COMPLETE, RELEASE, RENEW, UNKNOWN } from './redis-scripts.ts';
import type { IdempotencyStore } from './store.ts';

/**
 * Creates a store that all replicas share, in Redis 6.2 or later. Each transition is one round trip, and each record is
 * in one hash slot. The executor bounds the time of a transition. The client must not resend commands by itself
 * (`autoResendUnfulfilledCommands: false`, `maxRetriesPerRequest: 0`).
 */
export function redisStore(
  redis: ResilienceExecutor<ScriptClient>,
  settings: Partial<RecordSettings> = {},
): IdempotencyStore {
  const { leaseMs, maxTakeovers, keepMs } = { ...RECORD_DEFAULTS, ...settings };
  const toKey = (id: string): string => `idem:1:{${id}}`;
  const run = (name: string, transition: Transition): Promise<unknown> =>
    redis.execute((client) => transition(defineScripts(client)), { summary: `EVALSHA idempotency.${name}` });
  const asOwner = async (name: string, transition: Transition): Promise<boolean> =>
    (await run(name, transition)) === 1;

  return {
    leaseMs,
    async claim(id, { owner, fingerprint }) {
      const claim = () =>
        run('claim', (scripts) =>
          scripts.idempotencyClaimBuffer(toKey(id), owner, fingerprint, leaseMs, maxTakeovers, keepMs),
        );
      // After an error the claim may have been made: then the second one finds it already owned.
      return toClaimResult(await claim().catch(claim));
    },
    renew: (id, owner) =>
      asOwner('renew', (scripts) => scripts.idempotencyRenew(toKey(id), owner, leaseMs, keepMs)),
    complete: (id, owner, response) =>
      asOwner('complete', (scripts) =>
        scripts.idempotencyComplete(toKey(id), owner, keepMs, ...toFields(response)),
      ),
    markUnknown: (id, owner) =>
      asOwner('unknown', (scripts) => scripts.idempotencyUnknown(toKey(id), owner, keepMs)),
    release: (id, owner) =>
      asOwner('release', (scripts) => scripts.idempotencyRelease(toKey(id), owner, keepMs)),
  };
}

/** The part of an ioredis client, `Redis` or `Cluster`, that the store needs. */
export interface ScriptClient {
  defineCommand(name: string, definition: { readonly numberOfKeys: number; readonly lua: string }): void;
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

/** Adds the scripts to the client as commands. Each is sent once per connection, and by its hash from then on. */
function defineScripts(client: ScriptClient & Partial<Scripts>): Scripts {
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
    case 'already-owned':
    case 'mismatch':
      return { outcome };
    case 'completed':
      return { outcome, response: toStoredResponse(details as [Buffer | null, Buffer | null]) };
    case 'busy':
      return { outcome, leftMs: details[0] as number };
    case 'quarantined':
      return { outcome, newly: details[0] === 1 };
    default:
      return outcome satisfies never;
  }
}

const toFields = (response: StoredResponse): [head: string, body: Buffer] | [] =>
  response
    ? [
        JSON.stringify({ status: response.status, headers: response.headers, origin: response.origin }),
        response.body,
      ]
    : [];

const toStoredResponse = ([head, body]: [Buffer | null, Buffer | null]): StoredResponse =>
  head && body
    ? { ...(JSON.parse(head.toString()) as Omit<NonNullable<StoredResponse>, 'body'>), body }
    : undefined;
