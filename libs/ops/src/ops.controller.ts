import { Body, Controller, Get, Inject, Param, Put, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem } from '@film-store/problem';
import { UpstreamRegistry } from '@film-store/resilience';
import { logLevels } from '@film-store/telemetry';
import { AdminGuard } from './operators.ts';
import { OPS_OPTIONS, type OpsOptions } from './ops-options.ts';
import { ServiceStateReader } from './state/service-state.ts';
import { SystemStream } from './state/system-stream.ts';
import type { ServiceState } from './system-state.ts';

const logLevel = z.strictObject({ level: z.enum(logLevels) });
const breakerMode = z.strictObject({ state: z.enum(['isolated', 'forced-closed', 'auto']) });

/** Shows the state of the service, and changes its policies. A change holds until the process ends. */
@Controller('ops')
@UseGuards(AdminGuard)
export class OpsController {
  constructor(
    private readonly upstreams: UpstreamRegistry,
    @Inject(OPS_OPTIONS) private readonly options: OpsOptions,
    private readonly own: ServiceStateReader,
    private readonly system: SystemStream,
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

  @Get('state')
  state(): Promise<ServiceState> {
    return this.own.read();
  }

  /** Sends a `SystemSnapshot` once a second as server-sent events, until the client or the service ends the stream. */
  @Get('stream')
  stream(@Req() { method }: FastifyRequest, @Res() reply: FastifyReply): void {
    void reply
      .header('content-type', 'text/event-stream')
      .header('cache-control', 'no-store')
      // Fastify serves HEAD with this handler too, and would read the endless stream to its end.
      .send(method === 'HEAD' ? undefined : this.system.subscribe());
  }
}
