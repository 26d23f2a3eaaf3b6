import { z } from 'zod';
import { httpUrl } from '@film-store/service';
import { secret } from '@film-store/config';

/** Settings of bearer tokens for orders. Without a secret and keys, every caller is `anonymous`. */
export const authConfig = {
  AUTH_JWT_SECRET: secret(z.string().min(32))
    .optional()
    .describe('Secret of HS256 bearer tokens, at least 32 characters. If set, orders require a token.'),
  AUTH_JWKS_URL: httpUrl
    .optional()
    .describe(
      'Address of the public keys (JWKS) of bearer tokens, instead of a secret. If set, orders require a token.',
    ),
  AUTH_JWT_ISSUER: z.string().optional().describe('Required issuer of bearer tokens. Unset: any issuer.'),
  AUTH_JWT_AUDIENCE: z.string().default('film-store').describe('Required audience of bearer tokens.'),
};

export type AuthConfig = z.infer<z.ZodObject<typeof authConfig>>;
