export { type BooleanFlag, type Evaluation, booleanFlag, flagDegradations } from './flag.ts';
export { FlagsModule } from './flags.module.ts';
export { Flags } from './flags.ts';
export { type FlagsOptions, flagsOptions } from './options.ts';
