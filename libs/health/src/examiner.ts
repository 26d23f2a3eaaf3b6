import { Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { Degraded, type Details, type Indicator, Unwell } from './health.registry.ts';
import { ResultCache } from './result-cache.ts';

/** Longest time for one check, in milliseconds; one that takes longer counts as failed. */
const CHECK_TIMEOUT_MS = 500;
/** How long a check's result serves other probes, in milliseconds, so that probing causes no load. */
const CHECK_CACHE_MS = 1000;

/** What a check ended with by itself; Terminus tells of one that was cut off, or broke. */
interface Finding {
  readonly details: Details;
  readonly message?: string;
  /** The service stays ready. */
  readonly degraded?: boolean;
}

/** Runs a check within its bound, once for all probes that ask within a second. */
@Injectable()
export class Examiner {
  readonly #results = new ResultCache<Examined>(CHECK_CACHE_MS, () => performance.now());

  constructor(private readonly indicators: HealthIndicatorService) {}

  async examine(indicator: Indicator): Promise<HealthIndicatorResult> {
    const { name, critical } = indicator;
    const { result, cached } = await this.#results.get(name, () => this.run(indicator));
    const { finding, responseTime, message } = result;
    const problem = finding ? finding.message : message;
    const data = {
      critical,
      responseTime,
      ...(cached && { cachedResponse: true }),
      ...(problem !== undefined && { message: problem }),
      ...finding?.details,
    };
    if (problem === undefined) return { [name]: { status: 'up', ...data } };
    return { [name]: { status: critical && !finding?.degraded ? 'down' : 'degraded', ...data } };
  }

  private async run({ name, check }: Indicator): Promise<Examined> {
    const attempt = this.indicators
      .check(name)
      .attempt(async (options) => ({ finding: await findingOf(check, options) }))
      .withTimeout(CHECK_TIMEOUT_MS);
    return (await attempt)[name] as unknown as Examined;
  }
}

/** What Terminus makes of an attempt: a finding, or the message of what kept it from one. */
interface Examined {
  readonly finding?: Finding;
  readonly responseTime: number;
  readonly message?: string;
}

async function findingOf(check: Indicator['check'], options: { signal: AbortSignal }): Promise<Finding> {
  try {
    return { details: await check(options) };
  } catch (error) {
    if (error instanceof Unwell)
      return { details: error.details, message: error.message, degraded: error instanceof Degraded };
    throw error;
  }
}
