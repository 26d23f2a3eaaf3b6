import { Injectable } from '@nestjs/common';
import { desc, eq } from 'drizzle-orm';
import type { NewServiceEntry } from '../../contracts/new-service.ts';
import { DatabaseConnection } from './database-connection.ts';
import { entries } from './schema.ts';

/** Most entries that a response has. */
const LIMIT = 50;

/** Stores the entries in the database. */
@Injectable()
export class NewServiceRepository {
  constructor(private readonly database: DatabaseConnection) {}

  /** Returns the latest entries about a product, the latest first. */
  async find(productId: string): Promise<NewServiceEntry[]> {
    const rows = await this.database.execute(
      (db) =>
        db
          .select({ entry: entries.entry })
          .from(entries)
          .where(eq(entries.productId, productId))
          .orderBy(desc(entries.id))
          .limit(LIMIT),
      { summary: 'SELECT entries' },
    );
    return rows.map(({ entry }) => entry);
  }

  async add(productId: string, entry: NewServiceEntry): Promise<void> {
    await this.database.execute((db) => db.insert(entries).values({ productId, entry }), {
      summary: 'INSERT entries',
    });
  }
}
