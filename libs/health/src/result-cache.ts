interface Entry<T> {
  readonly result: Promise<T>;
  /** On the monotonic clock; absent while the work runs. */
  expiresAt?: number;
}

/** Shares the result of work by name: with all callers while it runs, and for a time after it ended. */
export class ResultCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #ttlMs: number;
  readonly #now: () => number;

  /** @param now milliseconds of a monotonic clock. On the wall clock, setting it back would keep results for longer. */
  constructor(ttlMs: number, now: () => number) {
    this.#ttlMs = ttlMs;
    this.#now = now;
  }

  /** @throws the error of the work */
  async get(name: string, work: () => Promise<T>): Promise<{ result: T; cached: boolean }> {
    const known = this.#entries.get(name);
    if (known && (known.expiresAt === undefined || this.#now() < known.expiresAt))
      return { cached: known.expiresAt !== undefined, result: await known.result };
    const entry: Entry<T> = { result: work() };
    this.#entries.set(name, entry);
    try {
      return { cached: false, result: await entry.result };
    } finally {
      entry.expiresAt = this.#now() + this.#ttlMs;
    }
  }
}
