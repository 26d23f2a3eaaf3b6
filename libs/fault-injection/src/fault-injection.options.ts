import type { IncomingMessage } from 'node:http';
import type { Logger } from '@film-store/core';
import type { ActiveFaults } from './active-faults.ts';
import type { FaultPeers } from './fault-peers.ts';
import type { Scenarios } from './scenario.ts';

/** Injects the `ActiveFaults` of the application. */
export const ACTIVE_FAULTS = Symbol.for('@film-store/fault-injection:active-faults');

/** Injects the options of the module. */
export const FAULT_INJECTION_OPTIONS = Symbol.for('@film-store/fault-injection:options');

export interface FaultInjectionOptions {
  /** Name of the service in scenarios and reports. */
  readonly service: string;
  /** Failures that operators can begin by name. @default none */
  readonly scenarios?: Scenarios;
  /** The faults, where something that is created before the module injects them too. @default new ones */
  readonly faults?: ActiveFaults;
  /**
   * Throws where the sender of a request may not operate the service.
   * @default admits programs on this machine only, by `isAdmin` of core
   */
  readonly authorize?: (request: FaultsHttpRequest) => void;
  /** Returns the names of the fault points beside `inbound`. @default any name is accepted */
  readonly points?: () => readonly string[];
  /** Receives the begin and the end of each fault. @default Nest's logger */
  readonly logger?: Logger;
  /** The other services that take part in scenarios. @default none */
  readonly peers?: FaultPeers;
}

/** A request as Fastify or Express has it. */
export interface FaultsHttpRequest {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly socket: IncomingMessage['socket'];
}
