export { type IdempotencyStoreCase, idempotencyStoreCases } from './idempotency-store-cases.ts';
export type { StoreUnderTest } from './store-under-test.ts';
