import type { Logger } from '@film-store/core';
import { z } from 'zod';
import type { HttpRequest } from './http-exchange.ts';
import type { IdempotencyStore } from './store.ts';

const SHORTEST_SECRET = 32;

export const IDEMPOTENCY_OPTIONS = Symbol('idempotency options');

export type IdempotencyLogger = Pick<Logger, 'error' | 'warn' | 'info'>;

export const idempotencyOptions = z.object({
  store: z
    .custom<IdempotencyStore>((store) => store !== undefined, 'is required')
    .describe('Stores the records: `memoryStore()` for one process, `redisStore(redis)` for several.'),
  secret: z
    .string()
    .min(SHORTEST_SECRET, `must have at least ${SHORTEST_SECRET} characters`)
    .meta({ secret: true })
    .describe(
      'Hides keys in the store. Every replica needs the same secret. With another secret, every key and every derived key is new.',
    ),
  principal: z
    .custom<(request: HttpRequest) => string>()
    .optional()
    .describe(
      'Returns the owner of the request’s key, for example the user that a guard has set. Default: all requests have one owner.',
    ),
  whenStoreFails: z
    .enum(['reject', 'proceed'], 'must be proceed or reject')
    .default('reject')
    .describe(
      '`reject` responds with 503 while the store fails. `proceed` runs at most 32 requests at a time without a record. Use it only if the service that owns the effect recognizes the derived key.',
    ),
  documentationUrl: z
    .string()
    .optional()
    .describe(
      'Address of a page that documents the format of keys, for example `/docs`, for the `Link` header of 400 responses. Default: no header.',
    ),
  logger: z
    .custom<IdempotencyLogger>()
    .optional()
    .describe(
      'Logs failures of the store and slow attempts, without keys: `error`, `warn` and `info` of `(fields, message)`. Default: Nest’s `Logger`.',
    ),
});

export type IdempotencyOptions = z.input<typeof idempotencyOptions>;

/** @throws Error that names all options that are not valid */
export function checkOptions(options: IdempotencyOptions): void {
  const { error } = idempotencyOptions.safeParse(options);
  if (!error) return;
  const faults = error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new Error(`idempotency options: ${faults.join('; ')}`);
}
