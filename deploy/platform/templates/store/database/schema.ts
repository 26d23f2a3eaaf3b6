import { bigint, index, json, pgTable, text } from 'drizzle-orm/pg-core';
import type { NewServiceEntry } from '../../contracts/new-service.ts';

/** The entries, each as one JSON value, so that a new property needs no migration. */
export const entries = pgTable(
  'entries',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    productId: text('product_id').notNull(),
    entry: json('entry').$type<NewServiceEntry>().notNull(),
  },
  (table) => [index('entries_by_product').on(table.productId, table.id)],
);
