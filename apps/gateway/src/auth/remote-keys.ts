import { type JSONWebKeySet, type JWTVerifyGetKey, createRemoteJWKSet, customFetch } from 'jose';
import { z } from 'zod';
import { monotonicNow } from '@film-store/core';
import { runShared, type HttpUpstream, waitForShared } from '@film-store/resilience';

/** Longest use of keys without a successful read, in milliseconds: a revoked key must expire. */
const MAX_STALE_MS = 24 * 3_600_000;

/** Critical, because orders wait for the keys. The timeout leaves time for a second attempt. */
const READ = { name: 'read signing keys', timeoutMs: 2000, priority: 'critical' } as const;

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** Returns the path and the schema of the public keys. */
export const toKeysRequest = ({ pathname, search }: URL) => ({ path: pathname + search, schema: keySet });

/**
 * Creates a lookup of public keys that are read through the upstream. Caches them for ten minutes. Reads them again for an
 * unknown key, at most twice a minute. Uses the last known keys while the upstream fails. Concurrent requests share one
 * read, and each request waits only until its deadline.
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

/** Reads keys. Returns the last known keys when a read fails. */
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
