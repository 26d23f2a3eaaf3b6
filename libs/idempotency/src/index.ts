export { idempotencyConfig } from './config.ts';
export { DerivedIdempotencyKey } from './derived-key.ts';
export { IdempotencyModule } from './idempotency.module.ts';
export type { IdempotencyOptions } from './idempotency.ts';
export { Idempotent } from './idempotent.decorator.ts';
export { memoryStore } from './memory-store.ts';
export { RECORD_DEFAULTS, type RecordSettings } from './record.ts';
export { redisStore } from './redis-store.ts';
export type { IdempotencyStore } from './store.ts';
