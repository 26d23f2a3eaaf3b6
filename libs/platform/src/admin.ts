import { hash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

export interface AdminRequest {
  /** The address at the other end of the socket. */
  readonly remoteAddress: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Whether the sender may operate the service. With an `ADMIN_TOKEN`: who shows it. Without one: who sits at this
 * machine, which a page of a stranger in this machine's browser does not, nor does a proxy's client; so the request
 * must also ask for a local host, come from no other origin and carry no `X-Forwarded-For`.
 */
export function isAdmin(request: AdminRequest, token: string | undefined): boolean {
  return token === undefined ? isLocal(request) : showsToken(request, token);
}

/** Whether a request shows `token` as its bearer token. Takes as long whatever is compared. */
export function showsToken({ headers }: Pick<AdminRequest, 'headers'>, token: string): boolean {
  const shown = /^Bearer (.+)$/i.exec(String(headers.authorization ?? ''))?.[1];
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token));
}

/** Of equal length whatever is compared, as `timingSafeEqual` needs it. */
const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

function isLocal({ remoteAddress, headers }: AdminRequest): boolean {
  const { host, origin, 'sec-fetch-site': site } = headers;
  return (
    isLoopback(remoteAddress) &&
    headers['x-forwarded-for'] === undefined &&
    typeof host === 'string' &&
    isLocalHost(host) &&
    (origin === undefined || origin === `http://${host}`) &&
    // What a browser loads for a page without its origin: an image, say, or a stream.
    (site === undefined || site === 'same-origin' || site === 'none')
  );
}

export const isLoopback = (address: string): boolean =>
  address === '::1' || /^(?:::ffff:)?127\./.test(address) ? isIP(address) !== 0 : false;

function isLocalHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || (isIP(name) === 4 && name.startsWith('127.'));
}
