export { createLoadShedder } from './create-load-shedder.ts';
export type {
  Decision,
  LimiterState,
  LoadShedder,
  LoadShedderState,
  Permit,
  RequestClass,
  ShedReason,
  WorkOutcome,
} from './load-shedder.ts';
export {
  type HttpRequest,
  LOAD_SHEDDER,
  LoadSheddingModule,
  type LoadSheddingModuleOptions,
} from './load-shedding.module.ts';
export { type LoadSheddingPluginOptions, loadSheddingPlugin } from './load-shedding.plugin.ts';
export {
  LOAD_SHEDDING_DEFAULTS,
  type LoadSheddingOptions,
  type LoadSheddingSettings,
  type ShedRequest,
  loadSheddingOptions,
} from './options.ts';
export type { OverloadEvent } from './overload-episodes.ts';
export { type ShedLoadOptions, createShedLoadMiddleware, shedLoad } from './shed-load.ts';
