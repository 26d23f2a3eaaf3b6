export { judgePermits } from './admission-indicator.ts';
export { AnswerCounts } from './answer-counts.ts';
export type { OpsOptions } from './ops-options.ts';
export { OpsModule } from './ops.module.ts';
export * from './system-state.ts';
