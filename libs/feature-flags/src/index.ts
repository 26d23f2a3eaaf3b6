export { type BooleanFlag, type Evaluation, booleanFlag, flagDegradations } from './flag.ts';
export { flagsConfig } from './flags.config.ts';
export { FlagsModule } from './flags.module.ts';
export { Flags } from './flags.ts';
