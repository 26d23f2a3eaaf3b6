import { z } from 'zod';

/** A product's stable, URL-safe id: a slug of title and release year, such as `the-dark-knight-2008`. */
export const productId = z
  .string()
  .max(100)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single hyphens');

/** An amount in minor units (cents), so that sums are exact. */
export const money = z
  .object({
    amount: z.int().nonnegative().describe('minor units: 1299 is 12.99'),
    currency: z.string().length(3).describe('ISO 4217'),
  })
  .meta({ id: 'Money' });
export type Money = z.infer<typeof money>;

/** A film of the store. Unknown properties are `null`, never absent. */
export const product = z
  .object({
    id: productId,
    title: z.string().min(1),
    genre: z.string().nullable(),
    creativeType: z.string().nullable(),
    source: z.string().nullable().describe('what the film is based on'),
    director: z.string().nullable(),
    distributor: z.string().nullable(),
    releaseDate: z.iso.date().nullable(),
    mpaaRating: z.string().nullable(),
    runningTimeMin: z.int().positive().nullable(),
    imdb: z.object({
      rating: z.number().min(0).max(10).nullable(),
      votes: z.int().nonnegative().nullable(),
    }),
    price: money,
  })
  .meta({ id: 'Product' });
export type Product = z.infer<typeof product>;

export const availability = z
  .object({
    inStock: z.boolean(),
    quantity: z.int().nonnegative(),
    lastUpdated: z.iso.datetime(),
  })
  .meta({ id: 'Availability' });
export type Availability = z.infer<typeof availability>;

const asOf = z.iso
  .datetime()
  .exactOptional()
  .describe('time of the data, if it comes from a replica of the database');

/** A product with its stock, so that a product page needs only two calls. */
export const productDetail = z.object({ product, availability, asOf });
export type ProductDetail = z.infer<typeof productDetail>;

/** Position of the next page of a list. Opaque: only catalog parses it. */
export const cursor = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_-]+$/, 'must be a cursor from an earlier response');

const noControlCharacters = /^[^\p{Cc}]*$/u;
const searchText = (max: number) =>
  z.string().trim().min(1).max(max).regex(noControlCharacters, 'must not contain control characters');

/** Query of a product list. @param maxLimit largest page, in products */
export const productListQuery = (maxLimit: number) =>
  z.strictObject({
    cursor: cursor.optional(),
    limit: z.coerce.number().int().min(1).max(maxLimit).default(24).describe('products per page'),
    genre: searchText(60).optional().describe('exact genre, in any case'),
    q: searchText(200)
      .optional()
      .describe(
        'up to six words of title or director, further words are ignored; the last word may be the beginning of one',
      ),
  });
export type ProductListQuery = z.infer<ReturnType<typeof productListQuery>>;

/** One page of products, most popular first. */
export const productList = z.object({ items: z.array(product), nextCursor: cursor.nullable(), asOf });
export type ProductList = z.infer<typeof productList>;
