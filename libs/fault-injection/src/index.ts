export { FAULT_POINTS, type FaultPoints, type HttpExchange, type OutboundAttempt } from '@film-store/core';
export { ActiveFaults, type FaultChange, type InjectedFault, TooManyFaults } from './active-faults.ts';
export { createFaultPoints, createFaults, type CreateFaultsOptions } from './create-faults.ts';
export { FaultInjectionModule } from './fault-injection.module.ts';
export {
  ACTIVE_FAULTS,
  type FaultInjectionOptions,
  type FaultsHttpRequest,
  type RemoteFaults,
} from './fault-injection.options.ts';
export { type Fault, type FaultTarget, INBOUND, MAX_TTL_MS, fault } from './fault.ts';
export { type InboundFaultsOptions, inboundFaultsPlugin } from './inbound-faults.ts';
export { type FaultsReport, type FaultsRequest, faultsReport } from './report.ts';
export { type Scenario, type Scenarios, selectFaults, takesPart } from './scenario.ts';
