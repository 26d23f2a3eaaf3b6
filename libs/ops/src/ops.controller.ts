import { Body, Controller, Get, Inject, Param, Put, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { Problem } from '@film-store/problem';
import { UpstreamRegistry } from '@film-store/resilience';
import { logLevels } from '@film-store/telemetry';
import { AdminGuard } from './operators.ts';
import { OPS_OPTIONS, type OpsOptions } from './ops-options.ts';

const logLevel = z.strictObject({ level: z.enum(logLevels) });
const breakerMode = z.strictObject({ state: z.enum(['isolated', 'forced-closed', 'auto']) });

/** Shows the policies of the service, and changes them at runtime. A change holds until the process ends. */
@Controller('ops')
@UseGuards(AdminGuard)
export class OpsController {
  constructor(
    private readonly upstreams: UpstreamRegistry,
    @Inject(OPS_OPTIONS) private readonly options: OpsOptions,
  ) {}

  @Get('resilience')
  resilience() {
    return {
      loadShedding: this.options.shedder.describe(),
      upstreams: this.upstreams.all().map((upstream) => upstream.describe()),
    };
  }

  @Put('log-level')
  logLevel(@Body({ schema: logLevel }) { level }: z.infer<typeof logLevel>) {
    this.options.setLogLevel(level);
    return { level };
  }

  @Put('breakers/:name')
  breaker(
    @Param('name') name: string,
    @Body({ schema: breakerMode }) { state }: z.infer<typeof breakerMode>,
  ) {
    const upstream = this.upstreams.get(name);
    if (!upstream) throw new Problem('not-found', { detail: 'the upstream does not exist' });
    upstream.setBreakerMode(state);
    return upstream.describe();
  }
}
