import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  type HealthCheckResult,
  HealthCheckService,
  type HealthIndicatorResult,
  HealthIndicatorService,
} from '@nestjs/terminus';
import {
  HealthCheckFailed,
  type HealthDetails,
  type HealthIndicator,
  LifecycleState,
  type Phase,
} from '@film-store/core';
import { Degraded, HealthRegistry } from './health.registry.ts';
import type { HealthReport } from './health.report.ts';
import { ResultCache } from './result-cache.ts';

/** Longest time for one check, in milliseconds. A longer check fails. */
const CHECK_TIMEOUT_MS = 500;
/** Time for which a result serves other probes, in milliseconds, so that probes cause no load. */
const CHECK_CACHE_MS = 1000;

/** Status of a service that does not serve, whatever its checks report. */
const PHASE_STATUS = {
  starting: 'starting',
  draining: 'shutting_down',
} as const satisfies Record<Exclude<Phase, 'serving'>, HealthReport['status']>;

/** The result of an attempt of Terminus. `outcome` is absent if the check timed out or threw another error. */
interface Attempt {
  readonly outcome?: { readonly details: HealthDetails; readonly failure?: HealthCheckFailed };
  readonly responseTime: number;
  readonly message?: string;
}

/** Runs each check within its time limit, and at most once per second. */
@Injectable()
export class HealthReporter {
  readonly #results = new ResultCache<Attempt>(CHECK_CACHE_MS, () => performance.now());

  constructor(
    private readonly registry: HealthRegistry,
    private readonly indicators: HealthIndicatorService,
    private readonly terminus: HealthCheckService,
    private readonly phase: LifecycleState,
  ) {}

  ready(): Promise<HealthReport> {
    return this.#report(this.registry.all().filter(({ critical }) => critical));
  }

  deep(): Promise<HealthReport> {
    return this.#report(this.registry.all());
  }

  async #report(indicators: readonly HealthIndicator[]): Promise<HealthReport> {
    const checks = indicators.map((indicator) => () => this.#run(indicator));
    const { status, details } = await this.terminus.check(checks).catch((error: unknown) => {
      // Terminus throws the report of a failed check.
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return error.getResponse() as HealthCheckResult;
    });
    const phase = this.phase.current;
    return { status: phase === 'serving' ? status : PHASE_STATUS[phase], details } as HealthReport;
  }

  async #run(indicator: HealthIndicator): Promise<HealthIndicatorResult> {
    const { name, critical } = indicator;
    const { result, cached } = await this.#results.get(name, () => this.#attempt(indicator));
    const { outcome, responseTime } = result;
    const message = outcome ? outcome.failure?.message : result.message;
    const data = {
      critical,
      responseTime,
      ...(cached && { cachedResponse: true }),
      ...(message !== undefined && { message }),
      ...outcome?.details,
    };
    if (message === undefined) return { [name]: { status: 'up', ...data } };
    const isDown = critical && !(outcome?.failure instanceof Degraded);
    return { [name]: { status: isDown ? 'down' : 'degraded', ...data } };
  }

  async #attempt({ name, check }: HealthIndicator): Promise<Attempt> {
    const results = await this.indicators
      .check(name)
      .attempt(async (options) => ({ outcome: await runCheck(() => check(options)) }))
      .withTimeout(CHECK_TIMEOUT_MS);
    return results[name] as unknown as Attempt;
  }
}

async function runCheck(check: () => ReturnType<HealthIndicator['check']>): Promise<Attempt['outcome']> {
  try {
    return { details: await check() };
  } catch (error) {
    if (error instanceof HealthCheckFailed) return { details: error.details, failure: error };
    throw error;
  }
}
