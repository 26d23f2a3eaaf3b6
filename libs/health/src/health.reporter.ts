import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { HealthIndicatorRunner } from './health-indicator-runner.ts';
import { HealthRegistry } from './health.registry.ts';
import type { HealthReport } from './health.report.ts';
import { type HealthIndicator, LifecycleState } from '@film-store/core';

/** Looks at what the service depends on, as often as it is asked to; each check serves all who ask within a second. */
@Injectable()
export class HealthReporter {
  constructor(
    private readonly registry: HealthRegistry,
    private readonly runner: HealthIndicatorRunner,
    private readonly terminus: HealthCheckService,
    private readonly phase: LifecycleState,
  ) {}

  /** What the service cannot do without. */
  ready(): Promise<HealthReport> {
    return this.report(this.registry.all().filter(({ critical }) => critical));
  }

  /** Everything. */
  deep(): Promise<HealthReport> {
    return this.report(this.registry.all());
  }

  private async report(indicators: readonly HealthIndicator[]): Promise<HealthReport> {
    const { status, details } = await this.look(indicators);
    return { status: this.statusIn(status), details } as HealthReport;
  }

  /** Terminus throws what is not well. */
  private async look(indicators: readonly HealthIndicator[]): Promise<HealthCheckResult> {
    try {
      return await this.terminus.check(indicators.map((indicator) => () => this.runner.run(indicator)));
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return error.getResponse() as HealthCheckResult;
    }
  }

  private statusIn(found: HealthCheckResult['status']): HealthReport['status'] {
    switch (this.phase.current) {
      case 'starting':
        return 'starting';
      case 'draining':
        return 'shutting_down';
      case 'serving':
        return found;
      default:
        return this.phase.current satisfies never;
    }
  }
}
