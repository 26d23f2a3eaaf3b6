import { expect, it } from 'vitest';
import { exchange } from '../fuzz/wire.ts';
import { type Stage, getPage, toOrder } from './stage.ts';

/** Untrusted clients send internal headers, and request endpoints for operators. */
export function networkIsSecure(stage: () => Stage): void {
  it('internal headers of an untrusted client are not passed on', async () => {
    const { url, toCatalog, nextFilm } = stage();
    const sentBefore = toCatalog.sent().length;
    const forged = {
      'x-request-id': 'forged-id',
      'x-principal': 'forged-principal',
      'x-request-priority': 'sheddable',
      'x-retry-attempt': '9',
    };
    const response = await fetch(`${url}/api/orders`, toOrder(nextFilm(), forged));
    expect(response.status).toBe(201);
    expect(response.headers.get('x-request-id')).not.toBe('forged-id');
    const passedOn = toCatalog.sent().slice(sentBefore).toLowerCase();
    expect(passedOn).toContain('post /orders ');
    expect(passedOn).toContain('x-request-priority: critical');
    expect(passedOn).not.toMatch(/forged|sheddable|x-retry-attempt: 9/);
  });

  it.each([
    ['through a proxy', 'host: localhost\r\nx-forwarded-for: 203.0.113.7'],
    ['through a proxy that sets Forwarded', 'host: localhost\r\nforwarded: for=203.0.113.7'],
    ['through a proxy that sets X-Real-IP', 'host: localhost\r\nx-real-ip: 203.0.113.7'],
    ['by a name that was rebound to this machine', 'host: evil.example'],
    ['from a page of another origin', 'host: localhost\r\norigin: http://evil.example'],
  ])('without a token no client operates a service %s', async (_, headers) => {
    const send = (lines: string) =>
      exchange(
        stage().port,
        Buffer.from(`GET /ops/resilience HTTP/1.1\r\n${lines}\r\nconnection: close\r\n\r\n`),
        { ends: false, isHead: false },
      );
    expect(await send(headers)).toMatchObject({ status: 403 });
    expect(await send('host: localhost')).toMatchObject({ status: 200 });
  });

  it('no header can be injected into a response, and no path into a call to another service', async () => {
    const { url, toCatalog, nextFilm } = stage();
    await getPage(url, nextFilm());
    const sentBefore = toCatalog.sent().length;
    const response = await fetch(`${url}/api/products/a%0d%0aset-cookie:%20a=b`);
    expect([response.status, response.headers.get('set-cookie')]).toEqual([400, null]);
    expect((await fetch(`${url}/api/products/..%2forders%2ffeed`)).status).toBe(400);
    expect(toCatalog.sent().slice(sentBefore)).not.toMatch(/cookie|feed/);
  });
}
