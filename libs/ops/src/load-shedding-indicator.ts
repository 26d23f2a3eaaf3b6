import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthRegistry, HealthCheckFailed } from '@film-store/health';
import type { LimiterState } from '@film-store/load-shedding';
import { OPS_OPTIONS, type OpsOptions } from './ops-options.ts';

/** Age of a permit from which its request counts as stuck, in milliseconds: 12 times the longest deadline. */
const STUCK_MS = 60_000;

type Permits = Pick<LimiterState, 'limit' | 'inFlight' | 'oldestMs'>;

/** @throws HealthCheckFailed when a permit is older than a minute */
export function checkPermits({ limit, inFlight, oldestMs }: Permits) {
  const details = { limit: Math.floor(limit), inFlight, oldestMs: Math.round(oldestMs) };
  if (oldestMs >= STUCK_MS) throw new HealthCheckFailed('a permit is not released', details);
  return details;
}

/**
 * Reports handlers that never end. Each holds a permit, so that fewer requests, and in the end none, are admitted.
 * The check is not critical: one stuck handler is no reason to take the service out of rotation.
 */
@Injectable()
export class LoadSheddingIndicator implements OnModuleInit {
  constructor(
    private readonly health: HealthRegistry,
    @Inject(OPS_OPTIONS) private readonly options: OpsOptions,
  ) {}

  onModuleInit(): void {
    const { shedder } = this.options;
    if (shedder.describe().strategy === 'off') return;
    const check = () => {
      const state = shedder.describe();
      return state.strategy === 'off' ? {} : checkPermits(state);
    };
    this.health.register({ name: 'load-shedding', critical: false, check });
  }
}
