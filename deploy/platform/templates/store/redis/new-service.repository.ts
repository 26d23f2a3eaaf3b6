import { Injectable } from '@nestjs/common';
import { Problem } from '@film-store/problem';
import { RedisConnection } from '@film-store/redis';
import { type NewServiceEntry, newServiceEntry } from '../../contracts/new-service.ts';

/** Most entries that are kept for a product. */
const LIMIT = 50;

/** Stores the entries in Redis, as one list for each product. Without Redis they are in memory and end with the process. */
@Injectable()
export class NewServiceRepository {
  readonly #memory = new Map<string, NewServiceEntry[]>();

  constructor(private readonly redis: RedisConnection) {}

  /** Returns the latest entries about a product, the latest first. @throws Problem `unavailable` without Redis */
  async find(productId: string): Promise<NewServiceEntry[]> {
    const { client } = this.redis;
    if (!client) return this.#memory.get(productId) ?? [];
    const values = await client
      .execute((redis) => redis.lrange(toKey(productId), 0, LIMIT - 1), { summary: 'LRANGE new-service' })
      .catch(throwUnavailable);
    return values.map((value) => newServiceEntry.parse(JSON.parse(value)));
  }

  /** @throws Problem `unavailable` without Redis */
  async add(productId: string, entry: NewServiceEntry): Promise<void> {
    const { client } = this.redis;
    if (!client) {
      this.#memory.set(productId, [entry, ...(await this.find(productId))].slice(0, LIMIT));
      return;
    }
    const key = toKey(productId);
    await client
      .execute(
        (redis) =>
          redis
            .multi()
            .lpush(key, JSON.stringify(entry))
            .ltrim(key, 0, LIMIT - 1)
            .exec(),
        {
          summary: 'LPUSH new-service',
        },
      )
      .catch(throwUnavailable);
  }
}

const toKey = (productId: string): string => `new-service:${productId}`;

function throwUnavailable(cause: unknown): never {
  throw cause instanceof Problem
    ? cause
    : new Problem('unavailable', { detail: 'Redis is unavailable', cause });
}
