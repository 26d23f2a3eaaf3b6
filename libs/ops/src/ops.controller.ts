import { Body, Controller, Get, Inject, Param, Put, UseGuards } from '@nestjs/common';
import type { Logger } from 'pino';
import { z } from 'zod';
import { Problem } from '@film-store/problem';
import type { Inbound } from '@film-store/load-shedding';
import { UpstreamRegistry } from '@film-store/resilience';
import { logLevels } from '@film-store/telemetry';
import { PinoLogger } from 'nestjs-pino';
import { AdminGuard } from './admin.guard.ts';

/** Injects the protection of the service against too many requests. */
export const INBOUND = Symbol('inbound');
/** Injects the logger that all others of the service come from. */
export const LOGGER = Symbol('logger');

const logLevel = z.strictObject({ level: z.enum(logLevels) });
const breakerSwitch = z.strictObject({ state: z.enum(['open', 'closed', 'auto']) });

/** What those who run the service can see of its policies, and change. */
@Controller('ops')
@UseGuards(AdminGuard)
export class OpsController {
  constructor(
    private readonly upstreams: UpstreamRegistry,
    @Inject(INBOUND) private readonly inbound: Inbound,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get('resilience')
  resilience() {
    return {
      inbound: this.inbound.describe(),
      upstreams: this.upstreams.all().map((upstream) => upstream.describe()),
    };
  }

  /** Until the process ends, or somebody says otherwise. */
  @Put('log-level')
  logLevel(@Body({ schema: logLevel }) { level }: z.infer<typeof logLevel>) {
    // nestjs-pino logs through a child, which has a level of its own.
    this.logger.level = level;
    PinoLogger.root.level = level;
    return { level };
  }

  @Put('breakers/:name')
  breaker(
    @Param('name') name: string,
    @Body({ schema: breakerSwitch }) { state }: z.infer<typeof breakerSwitch>,
  ) {
    const upstream = this.upstreams.get(name);
    if (!upstream) throw new Problem('not-found', { detail: 'there is no such upstream' });
    upstream.force(state);
    return upstream.describe();
  }
}
