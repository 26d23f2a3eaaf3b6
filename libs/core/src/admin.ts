import { hash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

export interface AdminRequest {
  /** The address at the other end of the socket. */
  readonly remoteAddress: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Returns whether the sender may operate the service. With a token, the sender must show it. Without one, the
 * sender must be a program on this machine. A page of another site in a browser on this machine is not, nor is the
 * client of a proxy on this machine. So the request must also name a local host, come from no other origin and carry
 * no header of a proxy. A proxy that adds no such header cannot be detected.
 */
export function isAdmin(request: AdminRequest, token: string | undefined): boolean {
  return token === undefined ? isLocal(request) : hasBearerToken(request, token);
}

/** Whether a request shows `token` as its bearer token. Takes as long whatever is compared. */
export function hasBearerToken({ headers }: Pick<AdminRequest, 'headers'>, token: string): boolean {
  const shown = /^Bearer (.+)$/i.exec(String(headers.authorization ?? ''))?.[1];
  return shown !== undefined && timingSafeEqual(digest(shown), digest(token));
}

/** Of equal length whatever is compared, as `timingSafeEqual` needs it. */
const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

function isLocal({ remoteAddress, headers }: AdminRequest): boolean {
  const { host, origin, 'sec-fetch-site': site } = headers;
  return (
    isLoopback(remoteAddress) &&
    !Object.keys(headers).some(isSetByProxies) &&
    typeof host === 'string' &&
    isLocalHost(host) &&
    (origin === undefined || origin === `http://${host}`) &&
    // What a browser loads for a page without its origin: an image, say, or a stream.
    (site === undefined || site === 'same-origin' || site === 'none')
  );
}

/**
 * Headers by which a proxy says that it forwards a request: those of RFC 7239, RFC 9110 § 7.6.3 and RFC 8586, and those
 * that nginx, Apache, HAProxy, Envoy, Traefik and the large content delivery networks set.
 */
const PROXY_HEADERS: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'cdn-loop',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'x-envoy-external-address',
  'x-envoy-original-path',
  'true-client-ip',
  'cf-connecting-ip',
  'cf-connecting-ipv6',
  'fastly-client-ip',
  'x-azure-clientip',
]);

/** Takes a name in lower case. Of `X-Forwarded-*` there are many: -For, -Host, -Proto, -Port, -Prefix, -Server, … */
const isSetByProxies = (header: string): boolean =>
  PROXY_HEADERS.has(header) || header.startsWith('x-forwarded-');

export const isLoopback = (address: string): boolean =>
  address === '::1' || /^(?:::ffff:)?127\./.test(address) ? isIP(address) !== 0 : false;

function isLocalHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || (isIP(name) === 4 && name.startsWith('127.'));
}
