import { type SQL, isNull, relations, sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  check,
  customType,
  date,
  doublePrecision,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';
import type { OrderOutcome } from '../orders/order-keys.repository.ts';

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' });
const now = (name: string) => timestamp(name, { withTimezone: true, precision: 3 }).notNull().defaultNow();

/** IMDB votes, and -1 for a film with unknown votes. */
const popularity = (votes: AnyPgColumn): SQL<number> => sql<number>`coalesce(${votes}, -1)`;
/**
 * Orders films by popularity, the most popular film first. Ascends like the id, so that a comparison of rows selects the
 * films after a position from an index.
 */
export const popularityRank = (votes: AnyPgColumn): SQL<number> => sql<number>`(-${popularity(votes)})`;

export const films = pgTable(
  'films',
  {
    id: text('id').primaryKey(),
    title: text('title').notNull(),
    genre: text('genre'),
    creativeType: text('creative_type'),
    source: text('source'),
    director: text('director'),
    distributor: text('distributor'),
    releaseDate: date('release_date', { mode: 'string' }),
    mpaaRating: text('mpaa_rating'),
    runningTimeMin: integer('running_time_min'),
    imdbRating: doublePrecision('imdb_rating'),
    imdbVotes: integer('imdb_votes'),
    price: integer('price').notNull(),
    /** The words of title and director without accents. An index expression cannot remove accents. */
    searchText: text('search_text').notNull(),
    search: tsvector('search')
      .notNull()
      .generatedAlwaysAs((): SQL => sql`to_tsvector('simple', ${films.searchText})`),
  },
  (table) => [
    index('films_by_rank').on(popularityRank(table.imdbVotes), table.id),
    index('films_by_genre_and_rank').on(
      sql`lower(${table.genre})`,
      popularityRank(table.imdbVotes),
      table.id,
    ),
    // The version before `films_by_rank` uses these two indexes. The next version can drop them.
    index('films_by_popularity').on(sql`${popularity(table.imdbVotes)} desc`, table.id),
    index('films_by_genre').on(
      sql`lower(${table.genre})`,
      sql`${popularity(table.imdbVotes)} desc`,
      table.id,
    ),
    index('films_by_word').using('gin', table.search),
    check('films_price_not_negative', sql`${table.price} >= 0`),
  ],
);

export const stock = pgTable(
  'stock',
  {
    productId: text('product_id')
      .primaryKey()
      .references(() => films.id),
    quantity: integer('quantity').notNull(),
    updatedAt: now('updated_at'),
  },
  (table) => [check('stock_not_negative', sql`${table.quantity} >= 0`)],
);

export const orders = pgTable(
  'orders',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** The principal that placed the order. Other principals cannot read it. */
    principal: text('principal').notNull().default('anonymous'),
    email: text('email'),
    status: text('status', { enum: ['confirmed'] }).notNull(),
    total: integer('total').notNull(),
    createdAt: now('created_at'),
    /** Position in the feed. Null until a reader of the feed numbers the order, after its commit. */
    seq: bigint('seq', { mode: 'number' }).unique(),
  },
  // By random ids, so that new entries fill the pages of deleted ones and the index stays small.
  (table) => [index('orders_without_seq').on(table.id).where(isNull(table.seq))],
);

export const orderItems = pgTable(
  'order_items',
  {
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id),
    /** Index of the item in the request, from 0. */
    position: integer('position').notNull(),
    productId: text('product_id')
      .notNull()
      .references(() => films.id),
    quantity: integer('quantity').notNull(),
    unitPrice: integer('unit_price').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.orderId, table.position] }),
    check('order_items_quantity_positive', sql`${table.quantity} > 0`),
  ],
);

/** The outcome of each order request, by idempotency key. */
export const orderKeys = pgTable(
  'order_keys',
  {
    key: text('key').primaryKey(),
    /** Identifies the request. */
    fingerprint: text('fingerprint').notNull(),
    /** Null only within the transaction that sets it. */
    outcome: json('outcome').$type<OrderOutcome>(),
    createdAt: now('created_at'),
  },
  (table) => [index('order_keys_by_age').on(table.createdAt)],
);

export const ordersRelations = relations(orders, ({ many }) => ({ items: many(orderItems) }));

export const orderItemsRelations = relations(orderItems, ({ one }) => ({
  order: one(orders, { fields: [orderItems.orderId], references: [orders.id] }),
}));
