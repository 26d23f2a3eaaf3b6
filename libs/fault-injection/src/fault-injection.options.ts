import type { IncomingMessage } from 'node:http';
import type { Logger } from '@film-store/core';
import type { ActiveFaults } from './active-faults.ts';
import type { ActiveFault, FaultsRequest } from './report.ts';
import type { Scenarios } from './scenario.ts';

export const ACTIVE_FAULTS = Symbol.for('@film-store/fault-injection:active-faults');

export const FAULT_INJECTION_OPTIONS = Symbol.for('@film-store/fault-injection:options');

export interface FaultInjectionOptions {
  /** Name of the service in scenarios and reports. */
  readonly service: string;
  /** Failures that operators can start by name. @default none */
  readonly scenarios?: Scenarios;
  /** Faults that exist before the module, for example for `inboundFaultsPlugin`. @default new ones */
  readonly faults?: ActiveFaults;
  /** Returns whether no fault affects requests to a path, inbound and outbound. @default only `/ops/faults` is exempt */
  readonly isExempt?: (path: string) => boolean;
  /** Throws if the sender of a request is no operator. @default admits programs on this machine only, by `isAdmin` of core */
  readonly authorize?: (request: FaultsHttpRequest) => void;
  /** Returns the names of the fault points besides `inbound`. @default any name is accepted */
  readonly points?: () => readonly string[];
  /** Logs the start and the end of each fault. @default Nest's logger */
  readonly logger?: Logger;
  /** The other services that take part in scenarios. @default none */
  readonly remote?: RemoteFaults;
}

/** The common part of requests of Fastify and Express. */
export type FaultsHttpRequest = Readonly<Pick<IncomingMessage, 'headers' | 'socket'>> & {
  readonly method: string;
};

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
