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
/** The cookie of a session, as a browser sends it. */
const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';
const setLevel = (url: string, headers: Record<string, string>) =>
  fetch(`${url}/ops/log-level`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"level":"silent"}',
  });

describe('a session of an operator’s browser', () => {
  it('is begun by who shows the token, and lets in without it for an hour', async () => {
    const url = await start({ ADMIN_TOKEN: TOKEN });
    const begun = await begin(url);
    expect(begun.status).toBe(204);
    expect(begun.headers.get('set-cookie')).toMatch(
      /^ops-session=[^;]+; Max-Age=3600; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(begun.headers.get('set-cookie')).not.toContain(TOKEN);
    expect((await fetch(`${url}/ops/resilience`, { headers: { cookie: cookieOf(begun) } })).status).toBe(200);
  });

  it('is sent over https alone where that is what the browser speaks', async () => {
    const url = await start({ ADMIN_TOKEN: TOKEN });
    const begun = await begin(url, { ...bearer, 'x-forwarded-proto': 'https' });
    expect(begun.headers.get('set-cookie')).toContain('; Secure');
  });

  it('is not begun by who shows no token, a wrong one, or only a session', async () => {
    const url = await start({ ADMIN_TOKEN: TOKEN });
    const cookie = cookieOf(await begin(url));
    expect((await begin(url, {})).status).toBe(401);
    expect((await begin(url, { authorization: 'Bearer wrong' })).status).toBe(403);
    expect((await begin(url, { cookie })).status).toBe(401);
  });

  it.each(['application/json', 'text/plain'])(
    'begins and ends without a body, whatever its type: %s',
    async (type) => {
      const url = await start({ ADMIN_TOKEN: TOKEN });
      const headers = { ...bearer, 'content-type': type };
      expect((await begin(url, headers)).status).toBe(204);
      expect((await fetch(`${url}/ops/session`, { method: 'DELETE', headers })).status).toBe(204);
    },
  );

  it('changes something only for pages of the same origin', async () => {
    const url = await start({ ADMIN_TOKEN: TOKEN });
    const cookie = cookieOf(await begin(url));
    expect((await setLevel(url, { cookie })).status).toBe(403);
    expect((await setLevel(url, { cookie, origin: 'http://evil.example' })).status).toBe(403);
    expect((await setLevel(url, { cookie, origin: 'null' })).status).toBe(403);
    expect((await setLevel(url, { cookie, 'sec-fetch-site': 'same-site' })).status).toBe(403);
    expect((await setLevel(url, { cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await setLevel(url, { cookie, origin: url })).status).toBe(200);
  });

  it('is over once it was ended, whoever kept the cookie', async () => {
    const url = await start({ ADMIN_TOKEN: TOKEN });
    const cookie = cookieOf(await begin(url));
    const ended = await fetch(`${url}/ops/session`, { method: 'DELETE', headers: { cookie, origin: url } });
    expect([ended.status, ended.headers.get('set-cookie')]).toEqual([
      204,
      'ops-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict',
    ]);
    expect((await fetch(`${url}/ops/resilience`, { headers: { cookie } })).status).toBe(401);
  });

  it('does not let in who made up the cookie', async () => {
    const url = await start({ ADMIN_TOKEN: TOKEN });
    for (const cookie of ['ops-session=9999999999999-x', `ops-session=${TOKEN}`, 'ops-session='])
      expect((await fetch(`${url}/ops/resilience`, { headers: { cookie } })).status).toBe(401);
  });

  it('is begun without a token by who sits at this machine, where there is none', async () => {
    const url = await start();
    expect((await begin(url, {})).status).toBe(204);
    expect((await begin(url, { 'x-forwarded-for': '192.168.0.7' })).status).toBe(403);
  });
});
