export * from './headers.ts';
export * from './idempotency-key.ts';
export * from './problem.ts';
export * from './request-context.ts';
export * from './request-id.ts';
