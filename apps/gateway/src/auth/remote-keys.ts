import { type JSONWebKeySet, type JWTVerifyGetKey, createRemoteJWKSet, customFetch } from 'jose';
import { z } from 'zod';
import { monotonicNow } from '@film-store/core';
import { runShared, type Upstream, waitForShared } from '@film-store/resilience';

/** How long keys are trusted that cannot be read anew, in milliseconds: a key that was withdrawn must end some time. */
const MAX_STALE_MS = 24 * 3_600_000;

/** All orders wait for the keys that their tokens were signed with. The time allows for a second attempt. */
const READ = { name: 'read signing keys', timeoutMs: 2000, priority: 'critical' } as const;

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** Where the upstream has the public keys, and what they must look like. */
export const keysAt = ({ pathname, search }: URL) => ({ path: pathname + search, schema: keySet });

/**
 * Returns the public keys at an address, read through the upstream: kept for ten minutes, read again when a token names
 * one that is not among them (twice a minute at most), and the last known ones while the upstream is away. One read
 * serves all requests that wait for it; each waits no longer than it has time.
 */
export function remoteKeys(identity: Upstream, url: URL): JWTVerifyGetKey {
  const { path, schema } = keysAt(url);
  let lastKnown: { readonly keys: JSONWebKeySet; readonly readAt: number } | undefined;

  const read = async (): Promise<JSONWebKeySet> => {
    try {
      const keys = await identity.get(path, { schema });
      lastKnown = { keys, readAt: monotonicNow() };
    } catch (error) {
      if (!lastKnown || monotonicNow() - lastKnown.readAt > MAX_STALE_MS) throw error;
    }
    return lastKnown.keys;
  };

  const find = createRemoteJWKSet(url, {
    cacheMaxAge: 600_000,
    cooldownDuration: 30_000,
    [customFetch]: async () => Response.json(await runShared(READ, read)),
  });
  return (header, token) => waitForShared(find(header, token));
}
