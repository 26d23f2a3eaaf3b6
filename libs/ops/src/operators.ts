import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Problem } from '@film-store/problem';
import { type AdminRequest, isAdmin } from './admin.ts';
import { OPS_OPTIONS, type OpsOptions } from './ops-options.ts';
import { Sessions, isSameOrigin, sessionIn } from './sessions.ts';

/** Knows who may operate the service: see `isAdmin`, and browsers that have shown the token once. */
@Injectable()
export class Operators {
  readonly #token: string | undefined;
  readonly sessions: Sessions;

  constructor(@Inject(OPS_OPTIONS) { adminToken }: OpsOptions) {
    this.#token = adminToken;
    this.sessions = new Sessions(adminToken);
  }

  /** @throws Problem `unauthorised` of who shows nothing, `forbidden` of who shows what does not do */
  admit(request: FastifyRequest): void {
    const { headers, method } = request;
    const session = this.#token === undefined ? undefined : sessionIn(headers);
    if (
      headers.authorization !== undefined ||
      session === undefined ||
      !this.sessions.isValid(session, Date.now())
    )
      return this.admitByToken(request);
    if (!isSameOrigin(headers, method)) throw new Problem('forbidden');
  }

  /** The same, whatever session there is: none may prolong itself. */
  admitByToken({ raw, headers }: FastifyRequest): void {
    const request: AdminRequest = { remoteAddress: raw.socket.remoteAddress ?? '', headers };
    if (isAdmin(request, this.#token)) return;
    throw this.#token !== undefined && headers.authorization === undefined
      ? new Problem('unauthorised', { headers: { 'www-authenticate': 'Bearer' } })
      : new Problem('forbidden');
  }
}
