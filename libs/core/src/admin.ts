import { hash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

export interface AdminRequest {
  /** Address of the peer of the socket. */
  readonly remoteAddress: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Returns whether the sender is an operator. With a `token`, the request must have it as bearer token.
 *
 * Without one, the request must come from a program on this machine. Pages of other sites in a local browser and
 * clients of a local proxy are no operators. So the request must also name a local host, have no other origin and have
 * no header of a proxy. A proxy without these headers cannot be detected.
 */
export function isAdmin(request: AdminRequest, token: string | undefined): boolean {
  return token === undefined ? isLocal(request) : hasBearerToken(request, token);
}

/** Returns whether a request has `token` as its bearer token, in constant time. */
export function hasBearerToken({ headers }: Pick<AdminRequest, 'headers'>, token: string): boolean {
  const received = /^Bearer (.+)$/i.exec(String(headers.authorization ?? ''))?.[1];
  return received !== undefined && timingSafeEqual(digest(received), digest(token));
}

/** `timingSafeEqual` needs values of equal length. */
const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

function isLocal({ remoteAddress, headers }: AdminRequest): boolean {
  const { host, origin, 'sec-fetch-site': site } = headers;
  return (
    isLoopback(remoteAddress) &&
    !Object.keys(headers).some(isProxyHeader) &&
    typeof host === 'string' &&
    isLocalHost(host) &&
    (origin === undefined || origin === `http://${host}`) &&
    // A page of another site can load an image or a stream without an `Origin` header.
    (site === undefined || site === 'same-origin' || site === 'none')
  );
}

/**
 * Headers of proxies: those of RFC 7239, RFC 9110 § 7.6.3 and RFC 8586, and those of nginx, Apache, HAProxy, Envoy,
 * Traefik and the large content delivery networks. Those that start with `x-forwarded-` are many.
 */
const PROXY_HEADERS: ReadonlySet<string> = new Set(
  (
    'forwarded via cdn-loop x-real-ip x-client-ip x-cluster-client-ip x-original-forwarded-for ' +
    'x-envoy-external-address x-envoy-original-path true-client-ip cf-connecting-ip cf-connecting-ipv6 ' +
    'fastly-client-ip x-azure-clientip'
  ).split(' '),
);

const isProxyHeader = (name: string): boolean => PROXY_HEADERS.has(name) || name.startsWith('x-forwarded-');

export const isLoopback = (address: string): boolean =>
  isIP(address) !== 0 && (address === '::1' || /^(?:::ffff:)?127\./.test(address));

function isLocalHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || (isIP(name) === 4 && name.startsWith('127.'));
}
