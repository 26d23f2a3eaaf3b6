import type { Product } from '@film-store/contracts';

/** Creates a film with unknown attributes except those given. */
export const film = (id: string, attributes: Partial<Product> = {}): Product => ({
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
  ...attributes,
});

export const ids = (films: readonly Product[]): string[] => films.map(({ id }) => id);
