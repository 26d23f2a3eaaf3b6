import {
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
  base64url,
  exportJWK,
  exportSPKI,
  generateKeyPair,
} from 'jose';
import { describe, expect, it } from 'vitest';
import { type TokenKeys, createTokenVerifier } from './token-verifier.ts';

const SECRET = 'a-secret-of-at-least-32-characters';
const key = (secret: string) => new TextEncoder().encode(secret);
const verify = createTokenVerifier(
  { kind: 'secret', secret: SECRET },
  { issuer: 'https://id.example.org', audience: 'film-store' },
);

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
const claims = () => ({
  sub: 'ann',
  iss: 'https://id.example.org',
  aud: 'film-store',
  exp: inSeconds(60),
});
const sign = (payload: JWTPayload, alg = 'HS256', secret = SECRET): Promise<string> =>
  new SignJWT(payload).setProtectedHeader({ alg }).sign(key(secret));
const signWith = (header: Record<string, unknown>): Promise<string> => {
  const token = new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', ...header });
  return token.sign(key(SECRET), { crit: { x: false } });
};
const without = (claim: 'exp' | 'sub' | 'aud'): JWTPayload => ({ ...claims(), [claim]: undefined });

describe('a token', () => {
  it('resolves with its principal', async () => {
    expect(await verify(await sign(claims()))).toBe('ann');
  });

  it.each([
    ['signed with another secret', () => sign(claims(), 'HS256', 'another-secret-of-32-characters!!')],
    ['signed with the secret by another algorithm', () => sign(claims(), 'HS384')],
    ['without a signature', async () => new UnsecuredJWT(claims()).encode()],
    ['that has expired', () => sign({ ...claims(), exp: inSeconds(-6) })],
    ['without an expiry', () => sign(without('exp'))],
    ['that is not valid yet', () => sign({ ...claims(), nbf: inSeconds(60) })],
    ['that is valid in six seconds', () => sign({ ...claims(), nbf: inSeconds(7) })],
    ['with an invalid expiry', () => sign({ ...claims(), exp: 'never' as unknown as number })],
    ['without an audience', () => sign(without('aud'))],
    ['with critical extensions', () => signWith({ crit: ['x'], x: 1 })],
    ['for another audience', () => sign({ ...claims(), aud: 'book-store' })],
    ['of another issuer', () => sign({ ...claims(), iss: 'https://evil.example.org' })],
    ['without a subject', () => sign(without('sub'))],
    ['with an invalid subject', () => sign({ ...claims(), sub: 'ann\r\nx-principal: bob' })],
    [
      'that was tampered with',
      async () => {
        const [header, , signature] = (await sign(claims())).split('.');
        return [header, base64url.encode(JSON.stringify({ ...claims(), sub: 'bob' })), signature].join('.');
      },
    ],
    ['without the form of a token', async () => 'garbage'],
  ])('%s is rejected', async (_, token) => {
    await expect(verify(await token())).rejects.toMatchObject({
      code: 'unauthorized',
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    });
  });

  it('that expired less than five seconds ago is accepted: clocks differ', async () => {
    expect(await verify(await sign({ ...claims(), exp: inSeconds(-3) }))).toBe('ann');
  });
});

it('accepts a token that starts in three seconds, and one with several audiences', async () => {
  expect(await verify(await sign({ ...claims(), nbf: inSeconds(3), aud: ['x', 'film-store'] }))).toBe('ann');
});

describe('public keys', () => {
  it('are never taken from a token', async () => {
    const [trusted, foreign] = await Promise.all([
      generateKeyPair('ES256', { extractable: true }),
      generateKeyPair('ES256', { extractable: true }),
    ]);
    const verify = createTokenVerifier(
      { kind: 'public', get: () => trusted.publicKey },
      { audience: 'film-store' },
    );
    const jwk = await exportJWK(foreign.publicKey);
    const forged = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'ES256', jwk })
      .sign(foreign.privateKey);
    await expect(verify(forged)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('allow only the listed algorithms', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS512');
    const verify = createTokenVerifier({ kind: 'public', get: () => publicKey }, { audience: 'film-store' });
    const other = await new SignJWT(claims()).setProtectedHeader({ alg: 'RS512' }).sign(privateKey);
    await expect(verify(other)).rejects.toMatchObject({
      code: 'unauthorized',
      cause: { code: 'ERR_JOSE_ALG_NOT_ALLOWED' },
    });
  });

  it('reject a token that was signed with a public key as secret', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const keys: TokenKeys = { kind: 'public', get: () => publicKey };
    const verify = createTokenVerifier(keys, { audience: 'film-store' });
    const good = await new SignJWT(claims()).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    expect(await verify(good)).toBe('ann');
    const forged = await sign(claims(), 'HS256', await exportSPKI(publicKey));
    await expect(verify(forged)).rejects.toMatchObject({
      code: 'unauthorized',
    });
  });
});
