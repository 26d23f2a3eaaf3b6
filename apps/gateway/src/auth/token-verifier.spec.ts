import { type JWTPayload, SignJWT, UnsecuredJWT, base64url, exportSPKI, generateKeyPair } from 'jose';
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
const without = (claim: 'exp' | 'sub'): JWTPayload => ({ ...claims(), [claim]: undefined });

describe('a token', () => {
  it('names the principal', async () => {
    expect(await verify(await sign(claims()))).toBe('ann');
  });

  it.each([
    ['signed with another secret', () => sign(claims(), 'HS256', 'another-secret-of-32-characters!!')],
    ['signed with the secret by another algorithm', () => sign(claims(), 'HS384')],
    ['not signed at all', async () => new UnsecuredJWT(claims()).encode()],
    ['that has expired', () => sign({ ...claims(), exp: inSeconds(-6) })],
    ['that never expires', () => sign(without('exp'))],
    ['that is not valid yet', () => sign({ ...claims(), nbf: inSeconds(60) })],
    ['meant for somebody else', () => sign({ ...claims(), aud: 'book-store' })],
    ['issued by somebody else', () => sign({ ...claims(), iss: 'https://evil.example.org' })],
    ['without a subject', () => sign(without('sub'))],
    ['whose subject is no name', () => sign({ ...claims(), sub: 'ann\r\nx-principal: bob' })],
    [
      'that was tampered with',
      async () => {
        const [header, , signature] = (await sign(claims())).split('.');
        return [header, base64url.encode(JSON.stringify({ ...claims(), sub: 'bob' })), signature].join('.');
      },
    ],
    ['that is none', async () => 'garbage'],
  ])('%s is refused', async (_, token) => {
    await expect(verify(await token())).rejects.toMatchObject({
      code: 'unauthorised',
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    });
  });

  it('that expired within the last five seconds is still good: clocks differ', async () => {
    expect(await verify(await sign({ ...claims(), exp: inSeconds(-3) }))).toBe('ann');
  });
});

describe('public keys', () => {
  it('verify no token that was signed with them as a secret', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true });
    const keys: TokenKeys = { kind: 'public', get: () => publicKey };
    const verify = createTokenVerifier(keys, { audience: 'film-store' });
    const good = await new SignJWT(claims()).setProtectedHeader({ alg: 'RS256' }).sign(privateKey);
    expect(await verify(good)).toBe('ann');
    const forged = await sign(claims(), 'HS256', await exportSPKI(publicKey));
    await expect(verify(forged)).rejects.toMatchObject({
      code: 'unauthorised',
    });
  });
});
