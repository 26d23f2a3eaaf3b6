import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Signer } from '@fastify/cookie';

/** Lifetime of a session, in milliseconds. */
export const SESSION_MS = 3_600_000;

/**
 * Sessions of operators' browsers, which cannot send an `Authorization` header with an event stream. A session is its
 * expiry time, signed with a key that is derived from the token. Every instance with that token accepts it, and no
 * session survives a change of the token. A session that was ended early is rejected by the instance that ended it.
 *
 * All times are milliseconds since 1970.
 */
export class Sessions {
  readonly #signer: Signer;
  /** Expiry times of the sessions that were ended early. */
  readonly #ended = new Map<string, number>();

  /** Name of the cookie that holds a session. */
  readonly cookie: string;

  constructor(token: string | undefined, namespace?: string) {
    this.cookie = namespace === undefined ? 'ops-session' : `${namespace}-ops-session`;
    const secret = token ?? randomBytes(32);
    this.#signer = new Signer(createHmac('sha256', secret).update('ops session').digest());
  }

  /** Returns the session of a request, which may be invalid. */
  read({ cookie = '' }: IncomingHttpHeaders): string | undefined {
    const start = `${this.cookie}=`;
    const found = cookie.split('; ').find((each) => each.startsWith(start));
    return found?.slice(start.length);
  }

  begin(now: number): string {
    return this.#signer.sign(`${now + SESSION_MS}-${randomBytes(12).toString('base64url')}`);
  }

  isValid(session: string, now: number): boolean {
    return this.#readExpiry(session) > now && !this.#ended.has(session);
  }

  end(session: string, now: number): void {
    for (const [other, endsAt] of this.#ended) if (endsAt <= now) this.#ended.delete(other);
    if (this.isValid(session, now)) this.#ended.set(session, this.#readExpiry(session));
  }

  #readExpiry(session: string): number {
    return Number.parseInt(this.#signer.unsign(session).value ?? '0', 10);
  }
}

/**
 * Returns whether a page of the same origin sent the request. Some browsers ignore `SameSite` and send the cookie with
 * requests of other pages. A `GET` or `HEAD` without these headers is accepted, because old browsers send none.
 */
export function isSameOrigin({ host, origin, ...headers }: IncomingHttpHeaders, method: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  if (origin !== undefined) return URL.canParse(origin) && new URL(origin).host === host;
  return method === 'GET' || method === 'HEAD';
}
