import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import { z } from 'zod';
import { type HealthReport, healthReport } from './health.report.ts';
import { HealthReporter } from './health.reporter.ts';

interface Reply {
  status(code: number): unknown;
}

/** The probes: `live` asks the event loop only, `ready` what the service cannot do without, `deep` everything. */
@Controller('health')
export class HealthController {
  constructor(private readonly reporter: HealthReporter) {}

  @Get('live')
  live() {
    return { status: 'ok' };
  }

  @Get('ready')
  @Header('content-type', 'application/json; charset=utf-8')
  async ready(@Res({ passthrough: true }) reply: Reply): Promise<string> {
    return answer(reply, await this.reporter.ready());
  }

  @Get('deep')
  @Header('content-type', 'application/json; charset=utf-8')
  async deep(@Res({ passthrough: true }) reply: Reply): Promise<string> {
    return answer(reply, await this.reporter.deep());
  }

  /** The JSON schema of what `ready` and `deep` answer. */
  @Get('schema')
  schema() {
    return z.toJSONSchema(healthReport);
  }
}

function answer(reply: Reply, report: HealthReport): string {
  if (report.status !== 'ok' && report.status !== 'degraded') reply.status(HttpStatus.SERVICE_UNAVAILABLE);
  return `${JSON.stringify(report, null, 2)}\n`;
}
