import { HealthCheckFailed, brand, type HealthIndicator, type HealthIndicators } from '@film-store/core';
import { Injectable } from '@nestjs/common';

/** Reports that the service works with less. It stays ready even if the indicator is critical. */
export class Degraded extends HealthCheckFailed {
  static {
    brand(this, 'health/Degraded');
  }
}

/** Contains the indicators of a service. Every module registers its own. */
@Injectable()
export class HealthRegistry implements HealthIndicators {
  readonly #indicators = new Map<string, HealthIndicator>();

  /** @throws Error when the name is registered already */
  register(indicator: HealthIndicator): void {
    const { name } = indicator;
    if (this.#indicators.has(name))
      throw new Error(`a health indicator named "${name}" is registered already`);
    this.#indicators.set(name, indicator);
  }

  all(): readonly HealthIndicator[] {
    return [...this.#indicators.values()];
  }
}
