import { Inject, Injectable } from '@nestjs/common';
import { Problem } from '@film-store/problem';
import { isAdmin } from '@film-store/core';
import type { FaultsHttpRequest as OperatorRequest } from '@film-store/fault-injection';
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

  /** @throws Problem `unauthorized` of who shows nothing, `forbidden` of who shows what does not do */
  admit(request: OperatorRequest): void {
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
  admitByToken({ socket, headers }: OperatorRequest): void {
    if (isAdmin({ remoteAddress: socket.remoteAddress ?? '', headers }, this.#token)) return;
    throw this.#token !== undefined && headers.authorization === undefined
      ? new Problem('unauthorized', { headers: { 'www-authenticate': 'Bearer' } })
      : new Problem('forbidden');
  }
}
