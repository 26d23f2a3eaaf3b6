import type { Fault } from './fault.ts';

export type { Fault };

type Action =
  /** Injects faults into services, by the name of the service. */
  | { readonly by: 'faults'; readonly faults: Readonly<Record<string, readonly Fault[]>> }
  /** Kills the process of a service, which a supervisor restarts. */
  | { readonly by: 'kill'; readonly service: string }
  /** Uses a TCP proxy. No service takes part. */
  | { readonly by: 'network' };

/** A failure that an operator can start by its name. */
export type Scenario = Action & {
  readonly title: string;
  /** One sentence for operators: the effect on users. */
  readonly expect: string;
};

export type Scenarios = Readonly<Record<string, Scenario>>;

export const selectFaults = (scenario: Scenario, service: string): readonly Fault[] =>
  scenario.by === 'faults' ? (scenario.faults[service] ?? []) : [];

export const takesPart = (scenario: Scenario, service: string): boolean =>
  scenario.by === 'kill' ? scenario.service === service : selectFaults(scenario, service).length > 0;
