import { type JSONWebKeySet, type JWTVerifyGetKey, createRemoteJWKSet, customFetch } from 'jose';
import { z } from 'zod';
import { monotonicNow } from '@film-store/core';
import { runShared, type HttpUpstream, waitForShared } from '@film-store/resilience';

/** Longest time that keys are trusted without a successful read, in milliseconds: a withdrawn key must expire. */
const MAX_STALE_MS = 24 * 3_600_000;

/** All orders wait for the keys that their tokens were signed with. The time allows for a second attempt. */
const READ = { name: 'read signing keys', timeoutMs: 2000, priority: 'critical' } as const;

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** Returns the path and the schema of the public keys at the upstream. */
export const toKeysRequest = ({ pathname, search }: URL) => ({ path: pathname + search, schema: keySet });

/**
 * Returns the public keys at an address, read through the upstream: cached for ten minutes, read again when a token names
 * an unknown key (twice a minute at most), and the last known ones while the upstream is away. Concurrent requests share
 * one read; each waits no longer than its deadline.
 */
export function createRemoteKeys(identity: HttpUpstream, url: URL): JWTVerifyGetKey {
  const reader = new SigningKeyReader(identity, url);
  const find = createRemoteJWKSet(url, {
    cacheMaxAge: 600_000,
    cooldownDuration: 30_000,
    [customFetch]: async () => Response.json(await runShared(READ, () => reader.read())),
  });
  return (header, token) => waitForShared(find(header, token));
}

/** Reads keys, and returns the last known ones while they cannot be read. */
class SigningKeyReader {
  readonly #identity: HttpUpstream;
  readonly #request: ReturnType<typeof toKeysRequest>;
  #lastKnown: { readonly keys: JSONWebKeySet; readonly readAt: number } | undefined;

  constructor(identity: HttpUpstream, url: URL) {
    this.#identity = identity;
    this.#request = toKeysRequest(url);
  }

  async read(): Promise<JSONWebKeySet> {
    const { path, schema } = this.#request;
    try {
      const keys = await this.#identity.get(path, { schema });
      this.#lastKnown = { keys, readAt: monotonicNow() };
    } catch (error) {
      if (!this.#lastKnown || monotonicNow() - this.#lastKnown.readAt > MAX_STALE_MS) throw error;
    }
    return this.#lastKnown.keys;
  }
}
