import { expect, it } from 'vitest';
import { type Stage, at, toOrder, fetchQuantity } from './stage.ts';

/** Replies get lost, and the caller cannot know whether the request took effect. */
export function networkIsReliable(stage: () => Stage): void {
  it('an order whose response was lost on the way to the client exists once after its retry', async () => {
    const { url, toGateway, nextFilm } = stage();
    const film = nextFilm();
    const before = await fetchQuantity(url, film);
    const order = toOrder(film);
    toGateway.set({ reply: { kind: 'cut', afterBytes: 20 } });
    await expect(fetch(`${at(toGateway.port)}/api/orders`, order)).rejects.toThrow('fetch failed');
    toGateway.clear();
    const repeated = await fetch(`${at(toGateway.port)}/api/orders`, order);
    expect([repeated.status, repeated.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(await fetchQuantity(url, film)).toBe(before - 1);
  });

  it('an order whose response was lost between the services is retried by the gateway, and exists once', async () => {
    const { url, toCatalog, nextFilm } = stage();
    const film = nextFilm();
    const before = await fetchQuantity(url, film);
    toCatalog.hold('replies');
    const sentBefore = toCatalog.sent().length;
    const response = fetch(`${url}/api/orders`, toOrder(film));
    await expect.poll(() => toCatalog.sent().slice(sentBefore)).toContain(film);
    toCatalog.cut();
    toCatalog.mend();
    expect((await response).status).toBe(201);
    expect(toCatalog.sent().slice(sentBefore).split('POST /orders ')).toHaveLength(3);
    expect(await fetchQuantity(url, film)).toBe(before - 1);
  });
}
