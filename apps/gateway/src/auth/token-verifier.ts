import { type JWTVerifyGetKey, type JWTVerifyOptions, errors, jwtVerify } from 'jose';
import { Problem } from '@film-store/problem';
import { isPrincipal } from '@film-store/contracts';

/**
 * Keys that verify a token. A secret is used with HS256 only, and public keys never are: anybody who knows a public key
 * could sign with it otherwise (RFC 8725, 3.1).
 */
export type TokenKeys =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'public'; readonly get: JWTVerifyGetKey };

const PUBLIC_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

export interface TokenRules {
  readonly issuer?: string | undefined;
  readonly audience: string;
}

/** Resolves with the principal a bearer token names: its `sub`. */
export type VerifyToken = (token: string) => Promise<string>;

/**
 * Checks signature, algorithm, issuer, audience, start and expiry (both with 5 s for clocks that differ), and that
 * there is an expiry at all.
 * @throws Problem `unauthorized` for a token that is not valid; the upstream's where its keys cannot be had
 */
export function createTokenVerifier(keys: TokenKeys, { issuer, audience }: TokenRules): VerifyToken {
  const options: JWTVerifyOptions = {
    algorithms: keys.kind === 'secret' ? ['HS256'] : PUBLIC_KEY_ALGORITHMS,
    audience,
    ...(issuer !== undefined && { issuer }),
    requiredClaims: ['exp', 'sub'],
    clockTolerance: 5,
  };
  const verify =
    keys.kind === 'secret'
      ? (token: string) => jwtVerify(token, new TextEncoder().encode(keys.secret), options)
      : (token: string) => jwtVerify(token, keys.get, options);
  return async (token) => {
    const { payload } = await verify(token).catch((error: unknown) => {
      throw error instanceof errors.JOSEError ? toUnauthorized(error) : error;
    });
    if (!isPrincipal(payload.sub))
      throw toUnauthorized(new Error('its subject is not 1 to 128 visible ASCII characters'));
    return payload.sub;
  };
}

const toUnauthorized = (cause: Error): Problem =>
  new Problem('unauthorized', {
    detail: 'the token is not valid',
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    cause,
  });
