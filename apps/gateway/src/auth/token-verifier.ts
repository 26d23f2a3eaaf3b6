import { type JWTVerifyGetKey, type JWTVerifyOptions, errors, jwtVerify } from 'jose';
import { Problem } from '@film-store/problem';
import { isPrincipal } from '@film-store/contracts';

/**
 * Keys that verify a token. Secrets allow only HS256, and public keys never allow it: otherwise a public key could be
 * used to sign tokens (RFC 8725, 3.1).
 */
export type TokenKeys =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'public'; readonly get: JWTVerifyGetKey };

const PUBLIC_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

interface TokenRules {
  readonly issuer?: string | undefined;
  readonly audience: string;
}

/** Resolves with the principal of a bearer token: its `sub`. */
export type VerifyToken = (token: string) => Promise<string>;

/**
 * Creates a function that checks signature, algorithm, issuer, audience, start and expiry. Start and expiry allow a clock
 * skew of 5 s. The expiry is required.
 * @throws Problem `unauthorized` for an invalid token, or the problem of the upstream when keys cannot be read
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
      throw toUnauthorized(new Error('the subject is not 1 to 128 visible ASCII characters'));
    return payload.sub;
  };
}

const toUnauthorized = (cause: Error): Problem =>
  new Problem('unauthorized', {
    detail: 'the token is invalid',
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    cause,
  });
