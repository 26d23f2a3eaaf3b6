import type { ResilienceExecutor } from '@film-store/core';
import type { StoredResponse } from './final-response.ts';
import { type ClaimResult, RECORD_DEFAULTS, type RecordSettings } from './record.ts';
import { CLAIM, COMPLETE, LOST, RELEASE, RENEW, UNKNOWN } from './redis-scripts.ts';
import type { IdempotencyStore } from './store.ts';

/** The part of an ioredis client, `Redis` or `Cluster`, that the store uses. */
export interface ScriptClient {
  defineCommand(name: string, definition: { readonly numberOfKeys: number; readonly lua: string }): void;
}

/**
 * Creates a store that all replicas share, in Redis 6.2 or later. Each transition is one round trip, and each record is in
 * one hash slot. The executor limits the time of a transition. The client must not resend commands by itself
 * (`autoResendUnfulfilledCommands: false`, `maxRetriesPerRequest: 0`).
 */
export function redisStore(
  redis: ResilienceExecutor<ScriptClient>,
  settings: Partial<RecordSettings> = {},
): IdempotencyStore {
  const { leaseMs, maxTakeovers, keepMs } = { ...RECORD_DEFAULTS, ...settings };
  const run = (script: keyof typeof SCRIPTS, id: string, ...args: Argument[]): Promise<unknown> =>
    redis.execute(
      (client) => defineCommands(client)[`idempotency_${script}Buffer`](`idem:1:{${id}}`, ...args),
      { summary: `EVALSHA idempotency.${script}` },
    );
  const runAsOwner = async (...args: Parameters<typeof run>): Promise<boolean> => (await run(...args)) === 1;

  return {
    leaseMs,
    async claim(id, { owner, fingerprint }) {
      const claim = () => run('claim', id, owner, fingerprint, leaseMs, maxTakeovers, keepMs);
      // A claim may have been made although it failed. Then the second claim finds it already owned.
      return toClaimResult(await claim().catch(claim));
    },
    renew: (id, owner) => runAsOwner('renew', id, owner, leaseMs, keepMs),
    complete: (id, owner, response) => runAsOwner('complete', id, owner, keepMs, ...toFields(response)),
    markUnknown: (id, owner) => runAsOwner('unknown', id, owner, keepMs),
    release: (id, owner) => runAsOwner('release', id, owner, keepMs),
    explainLoss: async (id) => ((await run('lost', id)) === 1 ? 'record-lost' : 'taken-over'),
  };
}

type Argument = string | number | Buffer;

const SCRIPTS = {
  claim: CLAIM,
  renew: RENEW,
  complete: COMPLETE,
  unknown: UNKNOWN,
  release: RELEASE,
  lost: LOST,
};

/** Commands that reply in bytes, because a body need not be text. */
type Commands = Readonly<
  Record<`idempotency_${keyof typeof SCRIPTS}Buffer`, (key: string, ...args: Argument[]) => Promise<unknown>>
>;

/** Adds the scripts to the client as commands. It sends a script once per connection, and then only its hash. */
function defineCommands(client: ScriptClient & Partial<Commands>): Commands {
  if (!client.idempotency_claimBuffer)
    for (const [name, lua] of Object.entries(SCRIPTS))
      client.defineCommand(`idempotency_${name}`, { numberOfKeys: 1, lua });
  return client as unknown as Commands;
}

function toClaimResult(reply: unknown): ClaimResult {
  const [bytes, ...details] = reply as [outcome: Buffer, ...details: unknown[]];
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

function toFields(response: StoredResponse): [head: string, body: Buffer] | [] {
  if (!response) return [];
  const { body, ...head } = response;
  return [JSON.stringify(head), body];
}

const toStoredResponse = ([head, body]: [Buffer | null, Buffer | null]): StoredResponse =>
  head && body
    ? { ...(JSON.parse(head.toString()) as Omit<NonNullable<StoredResponse>, 'body'>), body }
    : undefined;
