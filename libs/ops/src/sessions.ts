import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Signer } from '@fastify/cookie';

export const SESSION_COOKIE = 'ops-session';
/** How long a session lasts, in milliseconds. */
export const SESSION_MS = 3_600_000;

/**
 * Sessions of operators' browsers, which can send no header on a stream of events. A session says when it ends, signed
 * with a key that is derived from the token: every instance knows the others' without keeping any, and none outlives
 * the token. Only what was ended early is kept, by the instance that ended it.
 */
export class Sessions {
  readonly #signer: Signer;
  /** By session: when it would have ended, in milliseconds since 1970. */
  readonly #ended = new Map<string, number>();

  constructor(token: string | undefined) {
    const secret = token ?? randomBytes(32);
    this.#signer = new Signer(createHmac('sha256', secret).update('ops session').digest());
  }

  /** @param now in milliseconds since 1970, as everywhere here */
  begin(now: number): string {
    return this.#signer.sign(`${now + SESSION_MS}-${randomBytes(12).toString('base64url')}`);
  }

  isValid(session: string, now: number): boolean {
    return endOf(this.#signer.unsign(session).value) > now && !this.#ended.has(session);
  }

  /** Does nothing to one that is not valid. */
  end(session: string, now: number): void {
    for (const [other, endsAt] of this.#ended) if (endsAt <= now) this.#ended.delete(other);
    if (this.isValid(session, now)) this.#ended.set(session, endOf(this.#signer.unsign(session).value));
  }
}

const endOf = (value: string | null): number => Number.parseInt(value ?? '0', 10);

/** The session that a request comes with, be it valid or not. */
export const sessionIn = ({ cookie }: IncomingHttpHeaders): string | undefined =>
  /(?:^|; )ops-session=([^;]*)/.exec(cookie ?? '')?.[1];

/**
 * Whether a browser says that a page of ours sends the request: a session comes with requests of other pages too,
 * where the browser does not heed `SameSite`. What only reads may leave it unsaid, as old browsers do.
 */
export function isSameOrigin({ host, origin, ...headers }: IncomingHttpHeaders, method: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  if (origin !== undefined) return URL.canParse(origin) && new URL(origin).host === host;
  return method === 'GET' || method === 'HEAD';
}
