import { readFileSync } from 'node:fs';
import type { Product } from '@film-store/contracts';

const file = new URL('../../../apps/catalog/data/films.json', import.meta.url);

/** Reads the films of the store from catalog's data, all at the same price. */
export const films: readonly Product[] = (
  JSON.parse(readFileSync(file, 'utf8')) as { films: Omit<Product, 'price'>[] }
).films.map((film) => Object.assign(film, { price: { amount: 1299, currency: 'EUR' } }));
