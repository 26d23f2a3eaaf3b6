import { brand } from './shared-identity.ts';

/** The result of a check, for people. It cannot have the names of the report's own members. */
export type HealthDetails = Readonly<Record<string, unknown>> & {
  readonly [member in 'status' | 'critical' | 'responseTime' | 'message']?: never;
};

/** A part of a service whose health is reported. */
export interface HealthIndicator {
  readonly name: string;
  /** Whether the service is not ready without it. A failure of what is not critical only degrades the service. */
  readonly critical: boolean;
  /**
   * Resolves when all is well, throws when not; best a `HealthCheckFailed`. Must change nothing that others see, and
   * should stop when `signal` aborts, because its result comes too late then.
   */
  readonly check: (options: { signal: AbortSignal }) => Promise<HealthDetails> | HealthDetails;
}

/** Receives the indicators of a service. */
export interface HealthIndicators {
  /** @throws Error when the name is taken */
  register(indicator: HealthIndicator): void;
}

/** Injects the `HealthIndicators` of a service, where it has any. */
export const HEALTH_INDICATORS = Symbol.for('@film-store/core:health-indicators');

/** Reports that a check failed, with details that its message does not hold. */
export class HealthCheckFailed extends Error {
  static {
    brand(this, 'core/HealthCheckFailed');
  }

  override readonly name: string = 'HealthCheckFailed';

  readonly details: HealthDetails;

  constructor(message: string, details: HealthDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.details = details;
  }
}
