import { Module } from '@nestjs/common';
import { afterEach, describe, expect, it } from 'vitest';
import { serviceConfig } from '../src/config.ts';
import { type Service, createService, defineService } from '../src/service.ts';

const TOKEN = 's3cret-s3cret-s3cret';

@Module({})
class EmptyModule {}

let service: Service;
const start = async (env: NodeJS.ProcessEnv = {}): Promise<string> => {
  const empty = defineService({ name: 'empty', config: serviceConfig({ port: 0 }), module: EmptyModule });
  service = await createService(empty, { PORT: '0', LOG_LEVEL: 'silent', ...env });
  return service.start();
};
afterEach(() => service.stop());

const bearer = { authorization: `Bearer ${TOKEN}` };
const begin = (url: string, headers: Record<string, string> = bearer) =>
  fetch(`${url}/ops/session`, { method: 'POST', headers });
/** Returns the session cookie, as a browser sends it. */
const toCookie = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';
const setLevel = (url: string, headers: Record<string, string>) =>
  fetch(`${url}/ops/log-level`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"level":"silent"}',
  });

describe('the session of an operator’s browser', () => {
  it('begins with the token, and then replaces it for an hour', async () => {
    const url = await start({ ADMIN_TOKEN: TOKEN });
    const begun = await begin(url);
    expect(begun.status).toBe(204);
    expect(begun.headers.get('set-cookie')).toMatch(
      /^ops-session=[^;]+; Max-Age=3600; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(begun.headers.get('set-cookie')).not.toContain(TOKEN);
    expect((await fetch(`${url}/ops/resilience`, { headers: { cookie: toCookie(begun) } })).status).toBe(200);
  });

  it('has a secure cookie if the browser uses HTTPS', async () => {
    const url = await start({ ADMIN_TOKEN: TOKEN });
    const begun = await begin(url, { ...bearer, 'x-forwarded-proto': 'https' });
    expect(begun.headers.get('set-cookie')).toContain('; Secure');
  });

  it('does not begin without a token, with a wrong one, or with only a session', async () => {
    const url = await start({ ADMIN_TOKEN: TOKEN });
    const cookie = toCookie(await begin(url));
    expect((await begin(url, {})).status).toBe(401);
    expect((await begin(url, { authorization: 'Bearer wrong' })).status).toBe(403);
    expect((await begin(url, { cookie })).status).toBe(401);
  });

  it.each(['application/json', 'text/plain'])(
    'begins and ends with an empty body of type %s',
    async (type) => {
      const url = await start({ ADMIN_TOKEN: TOKEN });
      const headers = { ...bearer, 'content-type': type };
      expect((await begin(url, headers)).status).toBe(204);
      expect((await fetch(`${url}/ops/session`, { method: 'DELETE', headers })).status).toBe(204);
    },
  );

  it('authorizes changes from pages of the same origin only', async () => {
    const url = await start({ ADMIN_TOKEN: TOKEN });
    const cookie = toCookie(await begin(url));
    expect((await setLevel(url, { cookie })).status).toBe(403);
    expect((await setLevel(url, { cookie, origin: 'http://evil.example' })).status).toBe(403);
    expect((await setLevel(url, { cookie, origin: 'null' })).status).toBe(403);
    expect((await setLevel(url, { cookie, 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await setLevel(url, { cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await setLevel(url, { cookie, origin: url })).status).toBe(200);
  });

  it('is rejected after its end, even if a client kept the cookie', async () => {
    const url = await start({ ADMIN_TOKEN: TOKEN });
    const cookie = toCookie(await begin(url));
    const ended = await fetch(`${url}/ops/session`, { method: 'DELETE', headers: { cookie, origin: url } });
    expect([ended.status, ended.headers.get('set-cookie')]).toEqual([
      204,
      'ops-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
    ]);
    expect((await fetch(`${url}/ops/resilience`, { headers: { cookie } })).status).toBe(401);
  });

  it('rejects a forged cookie', async () => {
    const url = await start({ ADMIN_TOKEN: TOKEN });
    for (const cookie of ['ops-session=9999999999999-x', `ops-session=${TOKEN}`, 'ops-session='])
      expect((await fetch(`${url}/ops/resilience`, { headers: { cookie } })).status).toBe(401);
  });

  it('has a name of its own in an installation with a namespace, because cookies ignore ports', async () => {
    const url = await start({ ADMIN_TOKEN: TOKEN, PLATFORM_NAMESPACE: 'north' });
    const cookie = toCookie(await begin(url));
    expect(cookie).toMatch(/^north-ops-session=/);
    const statusWith = async (sent: string) =>
      (await fetch(`${url}/ops/resilience`, { headers: { cookie: sent } })).status;
    expect(await statusWith(`ops-session=x; ${cookie}`)).toBe(200);
    expect(await statusWith(cookie.replace('north-', ''))).toBe(401);
  });

  it('begins without a token on this machine, if none is configured', async () => {
    const url = await start();
    expect((await begin(url, {})).status).toBe(204);
    expect((await begin(url, { 'x-forwarded-for': '192.168.0.7' })).status).toBe(403);
  });
});
