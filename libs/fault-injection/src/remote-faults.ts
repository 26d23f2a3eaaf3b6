import type { ActiveFault, FaultsRequest } from './report.ts';

/** Reaches the fault injection of the other services that take part in scenarios. No method rejects. */
export interface FaultPeers {
  /** Returns the active faults of all peers, and the names of the peers that did not respond. */
  report(): Promise<{ readonly active: readonly ActiveFault[]; readonly unreachable: readonly string[] }>;
  /** Starts a scenario at the peers that `takesPart` selects. Returns the peers that failed, with their errors. */
  begin(
    request: FaultsRequest,
    takesPart: (peer: string) => boolean,
  ): Promise<readonly { readonly peer: string; readonly error: unknown }[]>;
  /** Ends a scenario, or all faults. At a peer that does not respond, they expire. */
  end(scenario: string | undefined, takesPart: (peer: string) => boolean): Promise<void>;
}
