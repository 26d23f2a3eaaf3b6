import { Injectable } from '@nestjs/common';

export interface Indicator {
  readonly name: string;
  /** Whether the service is not ready without it. What is not critical only degrades the service. */
  readonly critical: boolean;
  /**
   * Resolves with details for people when all is well, throws when not. Must not change anything, and should stop
   * when `signal` aborts: its answer comes too late then.
   */
  readonly check: (options: {
    signal: AbortSignal;
  }) => Promise<Record<string, unknown>> | Record<string, unknown>;
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
