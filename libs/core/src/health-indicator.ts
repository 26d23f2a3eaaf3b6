import { brand } from './shared-identity.ts';

/** Details of a check for operators, without the names of the report's own members. */
export type HealthDetails = Readonly<Record<string, unknown>> & {
  readonly [member in 'status' | 'critical' | 'responseTime' | 'message']?: never;
};

/** Checks one part of a service. */
export interface HealthIndicator {
  readonly name: string;
  /** Set if a failure makes the service not ready. Other failures only degrade the service. */
  readonly critical: boolean;
  /**
   * Resolves if the part is healthy, and throws otherwise, preferably a `HealthCheckFailed`. A check must change
   * nothing that others see. It should stop when `signal` aborts, because its result is then too late.
   */
  readonly check: (options: { signal: AbortSignal }) => Promise<HealthDetails> | HealthDetails;
}

/** Receives the indicators of a service. */
export interface HealthIndicators {
  /** @throws Error if the name is already registered */
  register(indicator: HealthIndicator): void;
}

/** Injects the optional `HealthIndicators` of a service. */
export const HEALTH_INDICATORS = Symbol.for('@film-store/core:health-indicators');

/** Reports a failed check, with details in addition to its message. */
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
