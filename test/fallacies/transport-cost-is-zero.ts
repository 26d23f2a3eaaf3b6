import { expect, it } from 'vitest';
import { type Stage, getPage } from './stage.ts';

/** Each call, each connection and each byte costs something. */
export function transportCostIsZero(stage: () => Stage): void {
  it('a page that many ask for at once is asked of catalog once', async () => {
    const { url, toCatalog, nextFilm } = stage();
    const film = nextFilm();
    const asked = () => toCatalog.sent().split(`GET /products/${film} `).length - 1;
    toCatalog.hold('replies');
    const pages = Array.from({ length: 20 }, () => getPage(url, film));
    await expect.poll(asked).toBe(1);
    await expect.poll(() => waitingFor(url)).toBeGreaterThanOrEqual(20);
    toCatalog.release();
    for (const { product } of await Promise.all(pages)) expect(product.id).toBe(film);
    expect(asked()).toBe(1);
  });

  it('a connection is used again and again', async () => {
    const { url, toCatalog, nextFilm } = stage();
    await getPage(url, nextFilm());
    const made = toCatalog.connections();
    for (let nth = 0; nth < 10; nth++) await getPage(url, nextFilm());
    expect(toCatalog.connections()).toBe(made);
  });
}

/** How many requests the gateway works on. */
async function waitingFor(url: string): Promise<number> {
  const { loadShedding } = (await (await fetch(`${url}/ops/resilience`)).json()) as {
    loadShedding: { inFlight: number };
  };
  return loadShedding.inFlight;
}
