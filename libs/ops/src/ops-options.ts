import type { FaultInjectionOptions } from '@film-store/fault-injection';
import type { LoadShedder } from '@film-store/load-shedding';
import type { Logger } from '@film-store/core';
import type { LogLevel } from '@film-store/telemetry';
import type { ResponseCounts } from './response-counts.ts';

export const OPS_OPTIONS = Symbol('ops options');

export interface OpsOptions {
  /** Name of the service. */
  readonly service: string;
  /** Bearer token of operators. Unset: only callers on this machine are admitted. */
  readonly adminToken: string | undefined;
  /** Stands before the name of the session cookie, which services of all ports of a host share. */
  readonly namespace?: string | undefined;
  /** Upstreams with the same endpoints. Their state and traces are joined to those of the service. */
  readonly peers: readonly string[];
  /** Load shedder of the service, from `createLoadShedder`. */
  readonly shedder: LoadShedder;
  /** Logs `system_stream.failed`. */
  readonly logger: Pick<Logger, 'error'>;
  /** Sets the level of all loggers of the service. */
  readonly setLogLevel: (level: LogLevel) => void;
  /** Counts the responses of the service. */
  readonly responseCounts: ResponseCounts;
  // #region part: faults
  /** Unset: the service has no fault points, and `/ops/faults` responds 404. */
  readonly faults?: Pick<FaultInjectionOptions, 'faults' | 'scenarios'> | undefined;
  // #endregion part: faults
}
