import { Controller, Delete, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminGuard, Operators } from './operators.ts';
import { SESSION_MS } from './sessions.ts';

/** Lets a browser operate the service for an hour after it presented the token once. */
@Controller('ops/session')
export class SessionController {
  constructor(private readonly operators: Operators) {}

  @Post()
  @HttpCode(204)
  begin(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    this.operators.authorizeByToken(request);
    const { sessions } = this.operators;
    void reply.header(
      'set-cookie',
      `${sessions.cookie}=${sessions.begin(Date.now())}; ${formatAttributes(request, SESSION_MS / 1000)}`,
    );
  }

  @Delete()
  @HttpCode(204)
  @UseGuards(AdminGuard)
  end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    const { sessions } = this.operators;
    const session = sessions.read(request.headers);
    if (session !== undefined) sessions.end(session, Date.now());
    void reply.header('set-cookie', `${sessions.cookie}=; ${formatAttributes(request, 0)}`);
  }
}

function formatAttributes({ protocol, headers }: FastifyRequest, maxAge: number): string {
  const secure = protocol === 'https' || headers['x-forwarded-proto'] === 'https';
  return `Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
