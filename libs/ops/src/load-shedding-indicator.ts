import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthRegistry, HealthCheckFailed } from '@film-store/health';
import type { LimiterState } from '@film-store/load-shedding';
import { OPS_OPTIONS, type OpsOptions } from './ops-options.ts';

/** Age from which a permit is no longer that of a slow request, in milliseconds: 12 times the longest deadline. */
const STUCK_MS = 60_000;

type Permits = Pick<LimiterState, 'limit' | 'inFlight' | 'oldestMs'>;

/** @throws HealthCheckFailed when a permit has been held for far longer than any deadline allows */
export function judgePermits({ limit, inFlight, oldestMs }: Permits) {
  const details = { limit: Math.floor(limit), inFlight, oldestMs: Math.round(oldestMs) };
  if (oldestMs >= STUCK_MS) throw new HealthCheckFailed('a permit is not released', details);
  return details;
}

/**
 * Reports work that never ends: its permits are missing for other requests, in the end for all of them.
 * It is not critical: one handler that hangs is no reason to take the service out.
 */
@Injectable()
export class AdmissionIndicator implements OnModuleInit {
  constructor(
    private readonly health: HealthRegistry,
    @Inject(OPS_OPTIONS) private readonly options: OpsOptions,
  ) {}

  onModuleInit(): void {
    const { shedder } = this.options;
    if (shedder.describe().strategy === 'off') return;
    const check = () => {
      const state = shedder.describe();
      return state.strategy === 'off' ? {} : judgePermits(state);
    };
    this.health.register({ name: 'load-shedding', critical: false, check });
  }
}
