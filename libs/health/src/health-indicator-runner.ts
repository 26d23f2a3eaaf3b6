import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { HealthCheckFailed, type HealthDetails, type HealthIndicator } from '@film-store/core';
import { Degraded } from './health.registry.ts';
import { ResultCache } from './result-cache.ts';

/** Longest time for one check, in milliseconds; one that takes longer counts as failed. */
const CHECK_TIMEOUT_MS = 500;
/** How long a check's result serves other probes, in milliseconds, so that probing causes no load. */
const CHECK_CACHE_MS = 1000;

/** The result of a check that ended by itself. Terminus reports one that timed out or threw another error. */
interface CheckResult {
  readonly details: HealthDetails;
  readonly message?: string;
  /** The service stays ready. */
  readonly degraded?: boolean;
}

/** Runs a check within its time limit, once for all probes within a second. */
@Injectable()
export class HealthIndicatorRunner {
  readonly #results = new ResultCache<Attempt>(CHECK_CACHE_MS, () => performance.now());

  constructor(private readonly indicators: HealthIndicatorService) {}

  async run(indicator: HealthIndicator): Promise<HealthIndicatorResult> {
    const { name, critical } = indicator;
    const { result, cached } = await this.#results.get(name, () => this.#run(indicator));
    const { outcome, responseTime, message } = result;
    const problem = outcome ? outcome.message : message;
    const data = {
      critical,
      responseTime,
      ...(cached && { cachedResponse: true }),
      ...(problem !== undefined && { message: problem }),
      ...outcome?.details,
    };
    if (problem === undefined) return { [name]: { status: 'up', ...data } };
    return { [name]: { status: critical && !outcome?.degraded ? 'down' : 'degraded', ...data } };
  }

  async #run({ name, check }: HealthIndicator): Promise<Attempt> {
    const attempt = this.indicators
      .check(name)
      .attempt(async (options) => ({ outcome: await runCheck(check, options) }))
      .withTimeout(CHECK_TIMEOUT_MS);
    return (await attempt)[name] as unknown as Attempt;
  }
}

/** What Terminus makes of an attempt: a outcome, or the message of what kept it from one. */
interface Attempt {
  readonly outcome?: CheckResult;
  readonly responseTime: number;
  readonly message?: string;
}

async function runCheck(
  check: HealthIndicator['check'],
  options: { signal: AbortSignal },
): Promise<CheckResult> {
  try {
    return { details: await check(options) };
  } catch (error) {
    if (error instanceof HealthCheckFailed)
      return { details: error.details, message: error.message, degraded: error instanceof Degraded };
    throw error;
  }
}
