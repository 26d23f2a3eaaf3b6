import type { Scenario } from '@film-store/fault-injection';
import { createFaultScenarios } from './create-fault-scenarios.ts';
import { platformServices, type ServiceName } from './platform-services.ts';

type Called = { [Name in ServiceName]: keyof (typeof platformServices)[Name]['calls'] }[ServiceName];

/** A failure that operators can start. A service that the platform loses takes its names with it. */
export type ScenarioName =
  | `${Called}-${'down' | 'slow' | 'hang'}`
  | 'catalog-flaky'
  | 'redis-down'
  | 'database-down'
  // #region part: flags
  | 'flags-down'
  // #endregion part: flags
  | 'telemetry-down'
  | 'overload'
  | 'region-down'
  | 'instance-killed'
  | 'garbage-responses';

export const faultScenarios = createFaultScenarios(platformServices) as Readonly<
  Record<ScenarioName, Scenario>
>;
export const scenarioNames = Object.keys(faultScenarios) as ScenarioName[];
