export {
  Admission,
  type AdmissionState,
  type Decision,
  type Permit,
  type WorkOutcome,
} from './load-shedder.ts';
export { aroundHandlers } from './around-handlers.ts';
export { type Inbound, type InboundState, createInbound } from './create-load-shedder.ts';
export { type RequestClass, type ShedRequest, addAdmissionHooks } from './load-shedding.plugin.ts';
export { type OverloadSettings, limitsInOrder, overloadConfig, overloadSettings } from './settings.ts';
export type { Shedding } from './overload-episodes.ts';
