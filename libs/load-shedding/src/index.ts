export { Admission, type AdmissionState, type Decision, type Permit, type WorkOutcome } from './admission.ts';
export { type Inbound, type InboundState, createInbound } from './inbound.ts';
export { addAdmissionHooks } from './load-shedding.plugin.ts';
export { type OverloadSettings, limitsInOrder, overloadConfig, overloadSettings } from './settings.ts';
export type { Shedding } from './shedding.ts';
