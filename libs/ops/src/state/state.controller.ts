import { Controller, Get, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminGuard } from '../operators.ts';
import type { ServiceState } from '../system-state.ts';
import { ServiceStateReader } from './service-state.ts';
import { SystemStream } from './system-stream.ts';

@Controller('ops')
@UseGuards(AdminGuard)
export class StateController {
  constructor(
    private readonly own: ServiceStateReader,
    private readonly system: SystemStream,
  ) {}

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
