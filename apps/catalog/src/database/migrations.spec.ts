import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { describe, expect, it } from 'vitest';
import { toCatalogPath } from '../files.ts';
import { createDirectExecutor } from '../../test/direct-executor.ts';
import { OrdersService } from '../orders/orders.service.ts';
import * as schema from './schema.ts';

const migration = (name: string) => readFile(toCatalogPath(`drizzle/${name}.sql`), 'utf8');

describe('the migration to the table of keys', () => {
  it('keeps earlier orders and replays each one under its key', async () => {
    const client = await PGlite.create();
    await client.exec(await migration('0000_initial'));
    const a = { productId: 'a-1999', quantity: 1 };
    const b = { productId: 'b-1999', quantity: 2 };
    await client.exec(`
      insert into films (id, title, price, search_text) values ('a-1999', 'A', 999, ''), ('b-1999', 'B', 1299, '');
      insert into orders (id, idempotency_key, fingerprint, status, total, created_at, seq) values (
        '00000000-0000-4000-8000-000000000001', 'a-key-of-long-ago', '1:b3ef8819555b7a403f6399447c88c72b17d15d33c6c22f7d10d03f578f985f93', 'confirmed', 3597,
        '2026-01-02T03:04:05.060+01:00', 1);
      insert into order_items (order_id, position, product_id, quantity, unit_price) values
        ('00000000-0000-4000-8000-000000000001', 1, 'b-1999', 2, 1299),
        ('00000000-0000-4000-8000-000000000001', 0, 'a-1999', 1, 999);
    `);
    await client.exec(await migration('0001_order_keys'));
    const orders = new OrdersService(createDirectExecutor(() => drizzle({ client, schema })));
    const repeated = await orders.place(
      { principal: 'anonymous', key: 'a-key-of-long-ago' },
      { items: [a, b] },
    );
    expect(repeated.replayed).toBe(true);
    expect(JSON.stringify(repeated.outcome)).toBe(
      '{"kind":"placed","order":{"id":"00000000-0000-4000-8000-000000000001","status":"confirmed","items":[' +
        '{"productId":"a-1999","quantity":1,"unitPrice":{"amount":999,"currency":"EUR"}},' +
        '{"productId":"b-1999","quantity":2,"unitPrice":{"amount":1299,"currency":"EUR"}}],' +
        '"total":{"amount":3597,"currency":"EUR"},"createdAt":"2026-01-02T02:04:05.060Z"}}',
    );
    await client.close();
  });
});
