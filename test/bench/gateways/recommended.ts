import type { Product, Recommendations } from '@film-store/contracts';
import { films } from './films.ts';

const recommended = (index: number): Product[] => [...films, ...films].slice(index + 1, index + 7);

/** The responses of recommendations for each film, by path. */
export const recommendationsResponses: ReadonlyMap<string, Buffer> = new Map(
  films.map(({ id }, index) => {
    const response: Recommendations = { items: recommended(index), asOf: '2026-01-01T00:00:00.000Z' };
    return [`/recommendations?productId=${id}&limit=6`, Buffer.from(JSON.stringify(response))];
  }),
);
