import { z } from 'zod';
import { httpUrl } from '@film-store/service';
import { secret } from '@film-store/config';

/** Who may place orders; with neither a secret nor keys everybody may, as `anonymous`. */
export const authConfig = {
  AUTH_JWT_SECRET: secret(z.string().min(32))
    .optional()
    .describe('Secret of HS256 bearer tokens, 32 characters or more. Orders then need such a token.'),
  AUTH_JWKS_URL: httpUrl
    .optional()
    .describe('Where the public keys of bearer tokens are, instead of a secret.'),
  AUTH_JWT_ISSUER: z
    .string()
    .optional()
    .describe('Who must have issued a token. Unset: anybody with the keys.'),
  AUTH_JWT_AUDIENCE: z.string().default('film-store').describe('Whom a token must be meant for.'),
};

export type AuthConfig = z.infer<z.ZodObject<typeof authConfig>>;
