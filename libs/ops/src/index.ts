export { judgePermits } from './load-shedding-indicator.ts';
export { AnswerCounts } from './response-counts.ts';
export type { OpsOptions } from './ops-options.ts';
export { OpsModule } from './ops.module.ts';
export * from './system-state.ts';
