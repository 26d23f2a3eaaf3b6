import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { type HealthIndicator, LifecycleState } from '@film-store/core';
import { HealthIndicatorRunner } from './health-indicator-runner.ts';
import { HealthRegistry } from './health.registry.ts';
import type { HealthReport } from './health.report.ts';

/** Runs health checks. Each result serves all callers for one second. */
@Injectable()
export class HealthReporter {
  constructor(
    private readonly registry: HealthRegistry,
    private readonly runner: HealthIndicatorRunner,
    private readonly terminus: HealthCheckService,
    private readonly phase: LifecycleState,
  ) {}

  /** Runs the critical indicators. */
  ready(): Promise<HealthReport> {
    return this.report(this.registry.all().filter(({ critical }) => critical));
  }

  /** Runs all indicators. */
  deep(): Promise<HealthReport> {
    return this.report(this.registry.all());
  }

  private async report(indicators: readonly HealthIndicator[]): Promise<HealthReport> {
    const checks = indicators.map((indicator) => () => this.runner.run(indicator));
    const { status, details } = await this.terminus.check(checks).catch((error: unknown) => {
      // Terminus throws the report of a failed check.
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return error.getResponse() as HealthCheckResult;
    });
    const phase = this.phase.current;
    if (phase === 'serving') return { status, details } as HealthReport;
    return { status: phase === 'starting' ? 'starting' : 'shutting_down', details } as HealthReport;
  }
}
