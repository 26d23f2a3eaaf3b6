import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '#libs/http';
import { isAdmin } from './admin.ts';
import { CONFIG, type ServiceConfig } from './config.ts';

/** Lets operators in. Who shows no token is asked for one, who shows a wrong one or comes from elsewhere is not let in. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: ServiceConfig) {}

  canActivate(context: ExecutionContext): boolean {
    const { raw, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const { ADMIN_TOKEN } = this.config;
    if (isAdmin({ remoteAddress: raw.socket.remoteAddress ?? '', headers }, ADMIN_TOKEN)) return true;
    throw ADMIN_TOKEN !== undefined && headers.authorization === undefined
      ? new Problem('unauthorised', { headers: { 'www-authenticate': 'Bearer' } })
      : new Problem('forbidden');
  }
}
