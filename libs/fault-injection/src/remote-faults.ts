import type { ActiveFault, FaultsRequest } from './report.ts';

/** Reaches the fault injection of the other services that take part in scenarios. No method rejects. */
export interface RemoteFaults {
  /** Returns the active faults of all other services, and the names of those that did not respond. */
  report(): Promise<{ readonly active: readonly ActiveFault[]; readonly unreachable: readonly string[] }>;
  /** Starts a scenario at the services that `takesPart` selects. Returns the failed ones, with their errors. */
  begin(
    request: FaultsRequest,
    takesPart: (service: string) => boolean,
  ): Promise<readonly { readonly peer: string; readonly error: unknown }[]>;
  /** Ends a scenario, or all faults. At a service that does not respond, they expire. */
  end(scenario: string | undefined, takesPart: (service: string) => boolean): Promise<void>;
}
