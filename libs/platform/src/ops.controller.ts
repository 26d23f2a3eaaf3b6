import { Body, Controller, Get, Inject, Param, Put, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { Problem } from '#libs/http';
import type { Inbound } from '#libs/overload';
import { UpstreamRegistry } from '#libs/resilience';
import { AdminGuard } from './admin.guard.ts';

/** Injects the protection of the service against too many requests. */
export const INBOUND = Symbol('inbound');

const breakerSwitch = z.strictObject({ state: z.enum(['open', 'closed', 'auto']) });

/** What those who run the service can see of its policies, and change. */
@Controller('ops')
@UseGuards(AdminGuard)
export class OpsController {
  constructor(
    private readonly upstreams: UpstreamRegistry,
    @Inject(INBOUND) private readonly inbound: Inbound,
  ) {}

  @Get('resilience')
  resilience() {
    return {
      inbound: this.inbound.describe(),
      upstreams: this.upstreams.all().map((upstream) => upstream.describe()),
    };
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
