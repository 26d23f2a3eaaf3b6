import { expect, it } from 'vitest';
import { type Stage, getPage } from './stage.ts';

/** Each call, each connection and each byte has a cost. */
export function transportCostIsZero(stage: () => Stage): void {
  it('many concurrent requests for a page make one call to catalog', async () => {
    const { url, toCatalog, nextFilm } = stage();
    const film = nextFilm();
    const requested = () => toCatalog.sent().split(`GET /products/${film} `).length - 1;
    toCatalog.hold('replies');
    const pages = Array.from({ length: 20 }, () => getPage(url, film));
    await expect.poll(requested).toBe(1);
    await expect.poll(() => waitingFor(url)).toBeGreaterThanOrEqual(20);
    toCatalog.release();
    for (const { product } of await Promise.all(pages)) expect(product.id).toBe(film);
    expect(requested()).toBe(1);
  });

  it('a connection is reused', async () => {
    const { url, toCatalog, nextFilm } = stage();
    await getPage(url, nextFilm());
    const made = toCatalog.connections();
    for (let nth = 0; nth < 10; nth++) await getPage(url, nextFilm());
    expect(toCatalog.connections()).toBe(made);
  });
}

/** Counts the requests in flight at the gateway. */
async function waitingFor(url: string): Promise<number> {
  const { loadShedding } = (await (await fetch(`${url}/ops/resilience`)).json()) as {
    loadShedding: { inFlight: number };
  };
  return loadShedding.inFlight;
}
