import { Controller, Get, HttpStatus, Res, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import { type Indicator, HealthRegistry } from './health.registry.ts';

/** Longest time for one check, in milliseconds; one that takes longer counts as down. */
const CHECK_TIMEOUT_MS = 500;
/** How long a check's result serves other probes, in milliseconds, so that probing causes no load. */
const CHECK_CACHE_MS = 1000;

interface Reply {
  status(code: number): unknown;
}

/** The probes: `live` asks the event loop only, `ready` what the service cannot do without, `deep` everything. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly registry: HealthRegistry,
    private readonly terminus: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  @Get('live')
  live() {
    return { status: 'ok' };
  }

  @Get('ready')
  ready(@Res({ passthrough: true }) reply: Reply) {
    return this.report(
      reply,
      this.registry.all().filter((indicator) => indicator.critical),
    );
  }

  @Get('deep')
  deep(@Res({ passthrough: true }) reply: Reply) {
    return this.report(reply, this.registry.all());
  }

  private async report(reply: Reply, indicators: readonly Indicator[]) {
    try {
      return await this.terminus.check(indicators.map((indicator) => () => this.check(indicator)));
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      reply.status(HttpStatus.SERVICE_UNAVAILABLE);
      return error.getResponse();
    }
  }

  private async check({ name, critical, check }: Indicator) {
    const session = this.indicators.check(name);
    const result = await session.attempt(check).withTimeout(CHECK_TIMEOUT_MS).cacheFor(CHECK_CACHE_MS);
    const { status, ...details } = result[name] ?? { status: 'down' };
    return status === 'down' && !critical ? session.degraded(details) : result;
  }
}
