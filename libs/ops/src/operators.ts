import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Problem } from '@film-store/problem';
import { isAdmin } from '@film-store/core';
import { OPS_OPTIONS, type OpsOptions } from './ops-options.ts';
import { Sessions, isSameOrigin } from './sessions.ts';

/** The common part of requests of Fastify and Express. */
type OperatorRequest = Readonly<Pick<IncomingMessage, 'headers' | 'socket'>> & { readonly method: string };

/** Authorizes operators: by `isAdmin`, or by the session of a browser that presented the token before. */
@Injectable()
export class Operators {
  readonly #token: string | undefined;
  readonly sessions: Sessions;

  constructor(@Inject(OPS_OPTIONS) { adminToken, namespace }: OpsOptions) {
    this.#token = adminToken;
    this.sessions = new Sessions(adminToken, namespace);
  }

  /** @throws Problem `unauthorized` without credentials, `forbidden` with wrong ones */
  authorize(request: OperatorRequest): void {
    const { headers, method } = request;
    const session = this.#token === undefined ? undefined : this.sessions.read(headers);
    const isBySession =
      headers.authorization === undefined &&
      session !== undefined &&
      this.sessions.isValid(session, Date.now());
    if (!isBySession) return this.authorizeByToken(request);
    if (!isSameOrigin(headers, method)) throw new Problem('forbidden');
  }

  /** Ignores sessions, so that no session can create the next one. @throws Problem as `authorize` does */
  authorizeByToken({ socket, headers }: OperatorRequest): void {
    if (isAdmin({ remoteAddress: socket.remoteAddress ?? '', headers }, this.#token)) return;
    throw this.#token !== undefined && headers.authorization === undefined
      ? new Problem('unauthorized', { headers: { 'www-authenticate': 'Bearer' } })
      : new Problem('forbidden');
  }
}

@Injectable()
export class AdminGuard implements CanActivate {
  constructor(private readonly operators: Operators) {}

  canActivate(context: ExecutionContext): boolean {
    this.operators.authorize(context.switchToHttp().getRequest<OperatorRequest>());
    return true;
  }
}
