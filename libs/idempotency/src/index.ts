export { DerivedIdempotencyKey } from './derived-key.ts';
export type { FinalResponse, Origin, StoredResponse } from './final-response.ts';
export { fingerprintsDiffer } from './fingerprint.ts';
export type { HttpRequest } from './http-exchange.ts';
export * from './idempotency-key.ts';
export { IdempotencyModule } from './idempotency.module.ts';
export { Idempotent } from './idempotent.decorator.ts';
export { memoryStore } from './memory-store.ts';
export type { IdempotencyLogger, IdempotencyOptions } from './options.ts';
export { NotExecuted, type Outcome } from './outcome.ts';
export {
  type Claim,
  type ClaimResult,
  type IdempotencyRecord,
  type Loss,
  RECORD_DEFAULTS,
  type RecordSettings,
  type Step,
} from './record.ts';
export { type ScriptClient, redisStore } from './redis-store.ts';
export { type ApplyTransition, createIdempotencyStore, type IdempotencyStore } from './store.ts';
