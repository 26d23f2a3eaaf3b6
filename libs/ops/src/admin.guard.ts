import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Operators } from './operators.ts';

/** Lets operators in. Who shows no token is asked for one, who shows a wrong one or comes from elsewhere is not let in. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(private readonly operators: Operators) {}

  canActivate(context: ExecutionContext): boolean {
    this.operators.admit(context.switchToHttp().getRequest<FastifyRequest>());
    return true;
  }
}
