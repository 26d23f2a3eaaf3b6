/** Header names as Node writes them: in lower case. */
export const REQUEST_ID = 'x-request-id';
export const IDEMPOTENCY_KEY = 'idempotency-key';
export const IDEMPOTENT_REPLAYED = 'idempotent-replayed';
export const DEGRADED = 'x-degraded';
export const REQUEST_TIMEOUT = 'x-request-timeout-ms';
export const REQUEST_PRIORITY = 'x-request-priority';
export const RETRY_ATTEMPT = 'x-retry-attempt';
export const PRINCIPAL = 'x-principal';
/** Present on every response of a draining internal service. Proxies do not know this header, so they never add it. */
export const SERVICE_DRAINING = 'x-service-draining';
