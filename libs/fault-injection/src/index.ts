export { ActiveFaults, type FaultChange, type Strike, TooManyFaults } from './active-faults.ts';
export { createFaults, faultPointsOf } from './create-faults.ts';
export type { Effect } from './effect.ts';
export { GARBAGE, problemOf } from './failures.ts';
export { type Fault, INBOUND, MAX_TTL_MS, type Passing } from './fault.ts';
export { inboundFaultsPlugin } from './inbound-faults.ts';
export { strikeExchange, strikeWork } from './outbound.ts';
export {
  type FaultsOrder,
  type FaultsQuery,
  type FaultsReport,
  faultsOrder,
  faultsQuery,
  faultsReport,
} from './report.ts';
export { type ScenarioName, scenarioNames, scenarioOf, shareOf, takesPart } from './scenarios.ts';
export { tellStrike } from './tell.ts';
