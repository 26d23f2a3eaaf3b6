import { expect, it } from 'vitest';
import { exchange } from '../fuzz/wire.ts';
import { type Stage, getPage, toOrder } from './stage.ts';

/** Large messages take long, or never arrive. */
export function bandwidthIsInfinite(stage: () => Stage): void {
  it('a request that arrives slowly gets no more time than its response has', async () => {
    const { port, url, nextFilm } = stage();
    const head = 'POST /api/orders HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
    const rest =
      'idempotency-key: 0123456789abcdef\r\nx-request-timeout-ms: 400\r\ncontent-length: 99\r\n\r\n{';
    const trickling = exchange(port, Buffer.from(head + rest), { ends: false, isHead: false });
    await getPage(url, nextFilm());
    expect(await trickling).toMatchObject({ status: 408 });
  });

  it('a list has pages of at most 100 films', async () => {
    const { url } = stage();
    const list = async (query: string) => fetch(`${url}/api/products${query}`);
    const first = (await (await list('')).json()) as { items: unknown[]; nextCursor: string };
    expect(first.items).toHaveLength(24);
    expect((await list(`?cursor=${first.nextCursor}`)).status).toBe(200);
    expect((await list('?limit=100')).status).toBe(200);
    expect((await list('?limit=101')).status).toBe(422);
  });

  it('a body is read up to 64 KiB, whatever it announces', async () => {
    const { url, nextFilm } = stage();
    const padded = (bytes: number) => {
      const init = toOrder(nextFilm());
      return fetch(`${url}/api/orders`, { ...init, body: init.body.padEnd(bytes) });
    };
    expect((await padded(64 * 1024)).status).toBe(201);
    expect((await padded(64 * 1024 + 1)).status).toBe(413);
  });
}
