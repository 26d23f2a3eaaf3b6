import type { Product } from '@film-store/contracts';

/** A film of which nothing is known but what is given. */
export const film = (id: string, known: Partial<Product> = {}): Product => ({
  id,
  title: id,
  genre: null,
  creativeType: null,
  source: null,
  director: null,
  distributor: null,
  releaseDate: null,
  mpaaRating: null,
  runningTimeMin: null,
  imdb: { rating: null, votes: null },
  price: { amount: 999, currency: 'USD' },
  ...known,
});

export const ids = (films: readonly Product[]): string[] => films.map(({ id }) => id);
