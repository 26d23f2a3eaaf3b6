import { Injectable } from '@nestjs/common';
import { brand } from '@film-store/core';

/** What a check found, for people to read. The report's own members are `status`, `critical`, `responseTime`, `message`. */
export type Details = Readonly<Record<string, unknown>>;

/** What a check throws that can tell more than a message of what is not well. */
export class Unwell extends Error {
  static {
    brand(this, 'health/HealthCheckFailed');
  }

  override readonly name = 'Unwell';

  constructor(
    message: string,
    readonly details: Details = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Reports that the service does without a part of what it depends on: it stays ready, even if that is critical. */
export class Degraded extends Unwell {
  static {
    brand(this, 'health/Degraded');
  }
}

export interface Indicator {
  readonly name: string;
  /** Whether the service is not ready without it. What is not critical only degrades the service. */
  readonly critical: boolean;
  /**
   * Resolves when all is well, throws when not; best an `Unwell` or a `Degraded`. Must change nothing that others see, and should stop when
   * `signal` aborts: its answer comes too late then.
   */
  readonly check: (options: { signal: AbortSignal }) => Promise<Details> | Details;
}

/** What a service depends on. Every module registers its own, under a name that no other has. */
@Injectable()
export class HealthRegistry {
  readonly #indicators = new Map<string, Indicator>();

  /** @throws Error when the name is taken */
  register(indicator: Indicator): void {
    if (this.#indicators.has(indicator.name)) {
      throw new Error(`a health indicator named "${indicator.name}" is registered already`);
    }
    this.#indicators.set(indicator.name, indicator);
  }

  all(): readonly Indicator[] {
    return [...this.#indicators.values()];
  }
}
