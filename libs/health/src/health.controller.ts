import { Controller, Get, Header, HttpStatus, Res, ServiceUnavailableException } from '@nestjs/common';
import { type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { z } from 'zod';
import { Examiner } from './examiner.ts';
import { type HealthReport, healthReport } from './health.report.ts';
import { type Indicator, HealthRegistry } from './health.registry.ts';
import { ServicePhase } from './service-phase.ts';

interface Reply {
  status(code: number): unknown;
}

/** The probes: `live` asks the event loop only, `ready` what the service cannot do without, `deep` everything. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly registry: HealthRegistry,
    private readonly examiner: Examiner,
    private readonly terminus: HealthCheckService,
    private readonly phase: ServicePhase,
  ) {}

  @Get('live')
  live() {
    return { status: 'ok' };
  }

  @Get('ready')
  @Header('content-type', 'application/json; charset=utf-8')
  ready(@Res({ passthrough: true }) reply: Reply): Promise<string> {
    const critical = this.registry.all().filter((indicator) => indicator.critical);
    return this.report(reply, critical);
  }

  @Get('deep')
  @Header('content-type', 'application/json; charset=utf-8')
  deep(@Res({ passthrough: true }) reply: Reply): Promise<string> {
    return this.report(reply, this.registry.all());
  }

  /** The JSON schema of what `ready` and `deep` answer. */
  @Get('schema')
  schema() {
    return z.toJSONSchema(healthReport);
  }

  private async report(reply: Reply, indicators: readonly Indicator[]): Promise<string> {
    const { status, details } = await this.look(indicators);
    const report = { status: this.statusIn(status), details } as HealthReport;
    if (report.status !== 'ok' && report.status !== 'degraded') reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return `${JSON.stringify(report, null, 2)}\n`;
  }

  /** Terminus throws what is not well. */
  private async look(indicators: readonly Indicator[]): Promise<HealthCheckResult> {
    try {
      return await this.terminus.check(indicators.map((indicator) => () => this.examiner.examine(indicator)));
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
