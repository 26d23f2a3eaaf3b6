import { describeIdempotencyStore } from '../test/describe-idempotency-store.ts';
import { describeOnEveryStore } from '../test/on-every-store.ts';

describeOnEveryStore('a store', describeIdempotencyStore);
