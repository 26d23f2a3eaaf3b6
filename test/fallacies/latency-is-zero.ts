import { problemBody } from '@film-store/problem';
import { expect, it } from 'vitest';
import { toCamelCase } from '../../deploy/platform/derived.ts';
import { eventually } from '../support/eventually.ts';
import { type Stage, getPage } from './stage.ts';

/** Late responses are useless. */
export function latencyIsZero(stage: () => Stage): void {
  it('a page does not wait for optional parts beyond the deadline of its client', async () => {
    const { url, toOptional, nextFilm } = stage();
    for (const proxy of [...toOptional.values()].flat()) proxy.set({ reply: { kind: 'latency', ms: 3000 } });
    const film = nextFilm();
    // On a busy machine the fallback may need more than the 100 ms that are kept for it.
    await eventually(async () => {
      const page = await getPage(url, film, { 'x-request-timeout-ms': '800' });
      expect(page.degraded.map(({ feature, reason }) => [feature, reason])).toEqual(
        [...toOptional.keys()].map((name) => [toCamelCase(name), 'timeout']),
      );
      expect(page.availability.stale).toBe(false);
    });
  });

  it('a required part that is late becomes a problem, and no work starts without time left', async () => {
    const { url, toCatalog, nextFilm } = stage();
    const send = async (ms: string) => {
      const response = await fetch(`${url}/api/products/${nextFilm()}`, {
        headers: { 'x-request-timeout-ms': ms },
      });
      return problemBody.parse(await response.json()).code;
    };
    toCatalog.hold('replies');
    const before = toCatalog.sent().length;
    expect(await send('500')).toBe('deadline-exceeded');
    expect(toCatalog.sent().length).toBeGreaterThan(before);
    const sent = toCatalog.sent().length;
    expect(await send('0')).toBe('deadline-exceeded');
    expect(toCatalog.sent().length).toBe(sent);
  });

  it('each service receives the remaining time', async () => {
    const { url, toCatalog, nextFilm } = stage();
    const film = nextFilm();
    await getPage(url, film, { 'x-request-timeout-ms': '900' });
    const [, request = ''] = toCatalog.sent().split(`GET /products/${film} `);
    const [, left] = /x-request-timeout-ms: (\d+)/i.exec(request) ?? [];
    expect(Number(left)).toBeGreaterThan(0);
    expect(Number(left)).toBeLessThan(900);
  });
}
