import { type Product, productList } from '@film-store/contracts';
import type { Upstream } from '@film-store/resilience';

const PAGE_SIZE = 500;

/**
 * Reads all films, page by page.
 * @throws Problem as `Upstream.get` does; the reason of `signal` when it aborts between two pages
 */
export async function readFilms(catalog: Upstream, signal: AbortSignal): Promise<Product[]> {
  const films: Product[] = [];
  let cursor: string | undefined;
  do {
    signal.throwIfAborted();
    const page = await catalog.get('/products', {
      query: { limit: PAGE_SIZE, cursor },
      schema: productList,
    });
    films.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return films;
}
