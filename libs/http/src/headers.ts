/** Header names as Node writes them: lower case. */
export const REQUEST_ID = 'x-request-id';
export const IDEMPOTENCY_KEY = 'idempotency-key';
export const IDEMPOTENT_REPLAYED = 'idempotent-replayed';
export const DEGRADED = 'x-degraded';
