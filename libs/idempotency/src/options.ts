import type { Logger } from '@film-store/core';
import { z } from 'zod';
import type { HttpRequest } from './http-exchange.ts';
import type { IdempotencyStore } from './store.ts';

const SHORTEST_SECRET = 32;

/** Injects the options that the module was given. */
export const IDEMPOTENCY_OPTIONS = Symbol('idempotency options');

/** Receives what is logged of the store and of slow attempts. */
export type IdempotencyLogger = Pick<Logger, 'error' | 'warn' | 'info'>;

export const idempotencyOptions = z.object({
  store: z
    .custom<IdempotencyStore>((store) => store !== undefined, 'is required')
    .describe('Keeps the records: `memoryStore()` for one process, `redisStore(redis)` for several.'),
  secret: z
    .string()
    .min(SHORTEST_SECRET, `must have at least ${SHORTEST_SECRET} characters`)
    .meta({ secret: true })
    .describe(
      'Hides keys in the store. Every replica needs the same one. Another secret makes every key, and every derived key, new.',
    ),
  principal: z
    .custom<(request: HttpRequest) => string>()
    .optional()
    .describe(
      'Returns the owner of the request’s key, for example the user that a guard found: guards have run. Without it all requests have one owner.',
    ),
  whenStoreFails: z
    .enum(['refuse', 'proceed'], 'must be proceed or refuse')
    .default('refuse')
    .describe(
      '`refuse` responds with 503 while the store fails. `proceed` runs at most 32 requests at a time without a record: only where the service that owns the effect recognizes the derived key.',
    ),
  documentationUrl: z
    .string()
    .optional()
    .describe(
      'Address of the page that says what a key must look like, for example `/docs`. It is sent in the `Link` header of the 400s about keys.',
    ),
  logger: z
    .custom<IdempotencyLogger>()
    .optional()
    .describe(
      'Records what happens to the store and to slow attempts: `error`, `warn` and `info` of `(fields, message)`. Keys are not logged. Without it, Nest’s `Logger` is used.',
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
