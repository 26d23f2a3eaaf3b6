import { LRUCache } from 'lru-cache';
import type { Ranking } from '../scoring/scoring-tasks.ts';
import type { OrderedFilms } from './ordered-films.ts';

/** Most rankings in memory. One has 50 to 300 film numbers, so all take at most 12 MiB. */
const MAX_RANKINGS = 8192;

interface CachedRanking {
  readonly ranking: Promise<Ranking>;
  /** See `OrderedFilms`. */
  readonly since: number;
  /** Known when the ranking is. */
  dependsOn: Uint32Array | undefined;
}

/** Caches the rankings of one model. An order only removes the rankings that depend on its films. */
export class RankingCache {
  readonly #rankings = new LRUCache<string, CachedRanking>({ max: MAX_RANKINGS });
  readonly #ordered: OrderedFilms;

  constructor(ordered: OrderedFilms) {
    this.#ordered = ordered;
  }

  /** Returns the ranking for a product. Concurrent callers share one computation. Failures are not cached. */
  get(productId: string, compute: () => Promise<Ranking>): Promise<Ranking> {
    const cached = this.#rankings.get(productId);
    if (cached && this.#isCurrent(cached)) return cached.ranking;
    const entry: CachedRanking = {
      since: this.#ordered.now,
      dependsOn: undefined,
      ranking: compute().then(
        (ranking) => {
          entry.dependsOn = ranking.dependsOn;
          return ranking;
        },
        (error: unknown) => {
          if (this.#rankings.peek(productId) === entry) this.#rankings.delete(productId);
          throw error;
        },
      ),
    };
    this.#rankings.set(productId, entry);
    return entry.ranking;
  }

  /** The films of a running computation are unknown, so it is shared only until the next order. */
  #isCurrent({ since, dependsOn }: CachedRanking): boolean {
    return dependsOn ? !this.#ordered.hasAny(dependsOn, since) : since === this.#ordered.now;
  }
}
