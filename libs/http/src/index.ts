export * from './deadline.ts';
export * from './headers.ts';
export * from './hop.ts';
export * from './idempotency-key.ts';
export * from './priority.ts';
export * from './problem.ts';
export * from './request-context.ts';
export * from './request-id.ts';
