import { Logger } from '@nestjs/common';
import type { HttpRequest } from './http-exchange.ts';
import type { IdempotencyStore } from './store.ts';

/** Injects the options that the module was given. */
export const IDEMPOTENCY_OPTIONS = Symbol('idempotency options');

export interface IdempotencyOptions {
  /** Keeps the records: `memoryStore()` for one process, `redisStore(redis)` for several. */
  readonly store: IdempotencyStore;
  /**
   * Hides keys in the store. At least 32 characters, the same in every replica. Another secret makes every key, and
   * every derived key, new.
   */
  readonly secret: string;
  /**
   * Returns the owner of the request's key, for example the user that a guard found: guards have run.
   * @default all requests have one owner
   */
  principal?(request: HttpRequest): string;
  /**
   * `refuse` responds with 503 while the store fails. `proceed` runs requests without a record, at most 32 at a time:
   * only where the service that owns the effect recognizes the derived key.
   * @default refuse
   */
  readonly whenStoreFails?: 'proceed' | 'refuse' | undefined;
  /**
   * Address of the page that says what a key must look like, for example `/docs`. It is sent in the `Link` header of
   * the 400s about keys. @default no `Link` header
   */
  readonly documentationUrl?: string | undefined;
  /** Records what happens to the store and to slow attempts. Keys are not logged. @default Nest's `Logger` */
  readonly logger?: IdempotencyLogger | undefined;
}

/** What pino's loggers and `PinoLogger` of nestjs-pino are. */
export interface IdempotencyLogger {
  error(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  info(fields: object, message: string): void;
}

const SHORTEST_SECRET = 32;

/** @throws Error that names all options that are not valid */
export function checkOptions({ store, secret, whenStoreFails }: IdempotencyOptions): void {
  const faults = [
    store === undefined && 'store is required',
    (secret?.length ?? 0) < SHORTEST_SECRET && `secret must have at least ${SHORTEST_SECRET} characters`,
    !['proceed', 'refuse', undefined].includes(whenStoreFails) && 'whenStoreFails must be proceed or refuse',
  ].filter((fault) => fault !== false);
  if (faults.length > 0) throw new Error(`idempotency options: ${faults.join('; ')}`);
}

/** Logs through the logger that the application gave Nest. */
export function nestLogger(): IdempotencyLogger {
  const logger = new Logger('Idempotency');
  return {
    error: (fields, message) => logger.error({ ...fields, message }),
    warn: (fields, message) => logger.warn({ ...fields, message }),
    info: (fields, message) => logger.log({ ...fields, message }),
  };
}
