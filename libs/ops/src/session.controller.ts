import { Controller, Delete, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AdminGuard, Operators } from './operators.ts';
import { SESSION_COOKIE, SESSION_MS, readSession } from './sessions.ts';

/** Lets a browser operate the service for an hour after it presented the token once. */
@Controller('ops/session')
export class SessionController {
  constructor(private readonly operators: Operators) {}

  @Post()
  @HttpCode(204)
  begin(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    this.operators.authorizeByToken(request);
    const session = this.operators.sessions.begin(Date.now());
    void reply.header('set-cookie', formatCookie(request, session, SESSION_MS / 1000));
  }

  @Delete()
  @HttpCode(204)
  @UseGuards(AdminGuard)
  end(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): void {
    const session = readSession(request.headers);
    if (session !== undefined) this.operators.sessions.end(session, Date.now());
    void reply.header('set-cookie', formatCookie(request, '', 0));
  }
}

function formatCookie({ protocol, headers }: FastifyRequest, session: string, maxAge: number): string {
  const secure = protocol === 'https' || headers['x-forwarded-proto'] === 'https';
  const attributes = `Max-Age=${maxAge}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return `${SESSION_COOKIE}=${session}; ${attributes}`;
}
