import type { Pool } from 'pg';

/** Shortest time between two renewals, in milliseconds. It keeps connections for reads while no server accepts writes. */
const RENEWAL_INTERVAL_MS = 1_000;

/** A connection pool that can be replaced by a new one when the address leads to another server. */
export class RenewablePool {
  readonly #open: () => Pool;
  readonly #now: () => number;
  readonly #retiring = new Set<Promise<void>>();
  #current: Pool;
  #renewedAt = -Infinity;
  #closed: Promise<unknown> | undefined;

  /** @param now milliseconds of a monotonic clock */
  constructor(open: () => Pool, now: () => number) {
    this.#open = open;
    this.#now = now;
    this.#current = open();
  }

  get current(): Pool {
    return this.#current;
  }

  /**
   * Replaces the pool `stale`. Its idle connections close at once, the others when their work is done. Does nothing if
   * `stale` is already replaced or the last renewal was less than a second ago.
   */
  renew(stale: Pool): void {
    const now = this.#now();
    if (stale !== this.#current || this.#closed || now - this.#renewedAt < RENEWAL_INTERVAL_MS) return;
    this.#renewedAt = now;
    this.#current = this.#open();
    const retiring = end(stale).finally(() => this.#retiring.delete(retiring));
    this.#retiring.add(retiring);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed ??= Promise.all([this.#current.end(), ...this.#retiring]);
    await this.#closed;
  }
}

/** Waits one turn of the event loop, because a pool that ends drops callers that have just requested a connection. */
async function end(pool: Pool): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await pool.end();
}
