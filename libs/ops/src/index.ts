export { checkPermits } from './load-shedding-indicator.ts';
export type { OpsOptions } from './ops-options.ts';
export { OpsModule } from './ops.module.ts';
export { ResponseCounts } from './response-counts.ts';
export * from './system-state.ts';
