import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import { z } from 'zod';
import { type HealthReport, healthReport } from './health.report.ts';
import { HealthReporter } from './health.reporter.ts';

interface Reply {
  status(code: number): unknown;
}

/** Serves the probes: `live` runs no check, `ready` the critical ones, `deep` all. */
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
    return respond(reply, await this.reporter.ready());
  }

  @Get('deep')
  @Header('content-type', 'application/json; charset=utf-8')
  async deep(@Res({ passthrough: true }) reply: Reply): Promise<string> {
    return respond(reply, await this.reporter.deep());
  }

  @Get('schema')
  schema() {
    return z.toJSONSchema(healthReport);
  }
}

function respond(reply: Reply, report: HealthReport): string {
  if (report.status !== 'ok' && report.status !== 'degraded') reply.status(HttpStatus.SERVICE_UNAVAILABLE);
  return `${JSON.stringify(report, null, 2)}\n`;
}
