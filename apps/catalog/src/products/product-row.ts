import type { Availability, Product } from '@film-store/contracts';
import { films, stock } from '../database/schema.ts';
import { toMoney } from '../currency.ts';

/** The columns a product is made of; those of the search stay in the database. */
export const productColumns = {
  id: films.id,
  title: films.title,
  genre: films.genre,
  creativeType: films.creativeType,
  source: films.source,
  director: films.director,
  distributor: films.distributor,
  releaseDate: films.releaseDate,
  mpaaRating: films.mpaaRating,
  runningTimeMin: films.runningTimeMin,
  imdbRating: films.imdbRating,
  imdbVotes: films.imdbVotes,
  price: films.price,
};
type ProductRow = Pick<typeof films.$inferSelect, keyof typeof productColumns>;

export function toProduct({ imdbRating, imdbVotes, price, ...film }: ProductRow): Product {
  return { ...film, imdb: { rating: imdbRating, votes: imdbVotes }, price: toMoney(price) };
}

export const toAvailability = ({ quantity, updatedAt }: typeof stock.$inferSelect): Availability => ({
  inStock: quantity > 0,
  quantity,
  lastUpdated: updatedAt.toISOString(),
});
