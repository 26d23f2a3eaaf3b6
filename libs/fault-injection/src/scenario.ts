import type { Fault } from './fault.ts';

/** How a scenario is carried out. */
type Action =
  /** By faults at the fault points of services, by the name of the service. */
  | { readonly by: 'faults'; readonly faults: Readonly<Record<string, readonly Fault[]>> }
  /** By killing the process of a service that a supervisor starts again. */
  | { readonly by: 'kill'; readonly service: string }
  /** By a TCP proxy in front of something: no service takes part. */
  | { readonly by: 'network' };

/** A failure that an operator can begin by its name. */
export type Scenario = Action & {
  readonly title: string;
  /** One sentence that says what a user sees. */
  readonly expect: string;
};

/** The scenarios of an application, by name. */
export type Scenarios = Readonly<Record<string, Scenario>>;

/** Returns the faults of a scenario in one service. */
export const faultsIn = (scenario: Scenario, service: string): readonly Fault[] =>
  scenario.by === 'faults' ? (scenario.faults[service] ?? []) : [];

/** Returns whether a service has to do something for a scenario. */
export const takesPart = (scenario: Scenario, service: string): boolean =>
  scenario.by === 'kill' ? scenario.service === service : faultsIn(scenario, service).length > 0;
