import { HealthCheckFailed, brand, type HealthIndicator, type HealthIndicators } from '@film-store/core';
import { Injectable } from '@nestjs/common';

/** Reports that the service does without a part of what it depends on: it stays ready, even if that part is critical. */
export class Degraded extends HealthCheckFailed {
  static {
    brand(this, 'health/Degraded');
  }
}

/** Holds the indicators of a service. Every module registers its own, under a name that no other has. */
@Injectable()
export class HealthRegistry implements HealthIndicators {
  readonly #indicators = new Map<string, HealthIndicator>();

  register(indicator: HealthIndicator): void {
    if (this.#indicators.has(indicator.name)) {
      throw new Error(`a health indicator named "${indicator.name}" is registered already`);
    }
    this.#indicators.set(indicator.name, indicator);
  }

  all(): readonly HealthIndicator[] {
    return [...this.#indicators.values()];
  }
}
