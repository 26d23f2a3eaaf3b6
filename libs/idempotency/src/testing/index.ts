export {
  type IdempotencyStoreCase,
  type StoreUnderTest,
  idempotencyStoreCases,
} from './idempotency-store-cases.ts';
