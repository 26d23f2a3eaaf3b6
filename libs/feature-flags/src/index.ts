export {
  type BooleanFlag,
  type Evaluation,
  type FlagDegradation,
  booleanFlag,
  flagDegradations,
} from './flag.ts';
export { FeatureFlagsModule, type FeatureFlagsOptions } from './flags.module.ts';
export { type FlagContext, Flags } from './flags.ts';
export { type FlagsOptions, flagsOptions } from './options.ts';
