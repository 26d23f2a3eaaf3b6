import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServiceState } from '../system-state.ts';
import { AdminGuard } from '../admin.guard.ts';
import { ServiceStateReader } from './service-state.ts';
import { SystemWatch } from './system-stream.ts';

/** How the service is, as the control room shows it. */
@Controller('ops')
@UseGuards(AdminGuard)
export class WatchController {
  constructor(
    private readonly own: ServiceStateReader,
    private readonly system: SystemWatch,
  ) {}

  @Get('state')
  state(): Promise<ServiceState> {
    return this.own.read();
  }

  /** A `SystemSnapshot` of this service and its peers a second, as server-sent events, until one side leaves. */
  @Get('stream')
  stream(@Req() { method }: FastifyRequest, @Res() reply: FastifyReply): void {
    void reply
      .header('content-type', 'text/event-stream')
      .header('cache-control', 'no-store')
      // Fastify serves HEAD by this handler too, and would read the stream to an end that never comes.
      .send(method === 'HEAD' ? undefined : this.system.join());
  }
}
