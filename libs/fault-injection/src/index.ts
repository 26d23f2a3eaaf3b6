export { FAULT_POINTS, type FaultPoints, type HttpExchange, type OutboundAttempt } from '@film-store/core';
export { ActiveFaults, type FaultChange, type InjectedFault, TooManyFaults } from './active-faults.ts';
export { createFaults, faultPointsOf } from './create-faults.ts';
export { FaultInjectionModule } from './fault-injection.module.ts';
export {
  ACTIVE_FAULTS,
  type FaultInjectionOptions,
  type FaultsHttpRequest,
} from './fault-injection.options.ts';
export type { FaultPeers } from './fault-peers.ts';
export type { Effect } from './effect.ts';
export { GARBAGE, toProblem } from './failures.ts';
export { type Fault, type FaultTarget, INBOUND, MAX_TTL_MS, fault } from './fault.ts';
export { type InboundFaultsOptions, inboundFaultsPlugin } from './inbound-faults.ts';
export { injectIntoExchange, injectIntoWork } from './outbound.ts';
export {
  type FaultsRequest,
  type FaultsQuery,
  type FaultsReport,
  faultsRequest,
  faultsQuery,
  faultsReport,
} from './report.ts';
export { type Scenario, type Scenarios, faultsIn, takesPart } from './scenario.ts';
export { recordInjectedFault } from './record-injected-fault.ts';
