import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { PinoLogger } from 'nestjs-pino';
import { MAX_RECOMMENDATIONS, type Product, type Recommendations } from '@film-store/contracts';
import { HealthRegistry } from '@film-store/health';
import { Problem } from '@film-store/problem';
import type { FilmTable } from '../model/film-table.ts';
import { ScoringPool } from '../scoring/scoring-pool.ts';
import { OrderedFilms } from './ordered-films.ts';
import { RankingCache } from './ranking-cache.ts';

/** Most products in memory. One takes about 1 KiB. */
const MAX_PRODUCTS = 8192;

/** The films that recommendations are computed from. Immutable; newer films get a new model. */
interface Model {
  /** Number of the model in this process, from 1. */
  readonly version: number;
  /** When the read of its films began. */
  readonly asOf: string;
  readonly table: FilmTable;
  readonly rankings: RankingCache;
  readonly products: LRUCache<number, Product>;
}

/** Recommends products based on the latest films and sales. */
@Injectable()
export class RecommendationsService implements OnModuleInit {
  #model: Model | undefined;
  readonly #ordered = new OrderedFilms();
  #popular: { readonly films: Promise<Uint32Array>; readonly since: number } | undefined;

  constructor(
    private readonly scoring: ScoringPool,
    private readonly health: HealthRegistry,
    private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    this.health.register({
      name: 'model',
      critical: true,
      check: () => {
        const { table, asOf, version } = this.#requireModel();
        return { films: table.films, asOf, version };
      },
    });
  }

  get hasModel(): boolean {
    return this.#model !== undefined;
  }

  /** Uses other films. */
  useFilms(table: FilmTable, asOf: string): void {
    const version = (this.#model?.version ?? 0) + 1;
    this.#model = {
      version,
      asOf,
      table,
      rankings: new RankingCache(this.#ordered),
      products: new LRUCache({ max: MAX_PRODUCTS }),
    };
    this.#popular = undefined;
    // See `releaseOlderTables`.
    void globalThis.gc?.({ type: 'major', execution: 'async' });
    this.logger.info({ event: 'model.built', version, asOf, films: table.films }, 'a new model is active');
  }

  /** Keeps the films, which a later read has found unchanged. */
  confirmFilms(asOf: string): void {
    if (this.#model) this.#model = { ...this.#model, asOf };
  }

  /** @param films numbers of the films in newly counted orders */
  noteOrders(films: Uint32Array): void {
    this.#ordered.add(films);
  }

  /** Forgets all rankings, because the sales were set to zero. */
  noteClearedOrders(): void {
    if (this.#model) this.#model = { ...this.#model, rankings: new RankingCache(this.#ordered) };
    this.#popular = undefined;
  }

  /** @throws Problem `not-found` for an unknown product, `unavailable` without a model, or `overloaded` */
  async similar(productId: string, limit: number): Promise<Recommendations> {
    const model = this.#requireModel();
    const { films } = await model.rankings.get(productId, async () => {
      const { table, version } = model;
      const task = { table, version, productId, count: MAX_RECOMMENDATIONS };
      const ranking = await this.scoring.run('rankFilms', task);
      if (!ranking) throw new Problem('not-found', { detail: `the product ${productId} does not exist` });
      return ranking;
    });
    return { items: await this.#readProducts(model, films.subarray(0, limit)), asOf: model.asOf };
  }

  /** @throws Problem `unavailable` without a model, or `overloaded` */
  async popular(limit: number): Promise<Recommendations> {
    const model = this.#requireModel();
    const films = await this.#rankPopular();
    return { items: await this.#readProducts(model, films.subarray(0, limit)), asOf: model.asOf };
  }

  async #rankPopular(): Promise<Uint32Array> {
    if (this.#popular?.since !== this.#ordered.now) {
      const films = this.scoring.run('rankPopular', { count: MAX_RECOMMENDATIONS });
      this.#popular = { films, since: this.#ordered.now };
    }
    const popular = this.#popular;
    try {
      return await popular.films;
    } catch (error) {
      if (this.#popular === popular) this.#popular = undefined;
      throw error;
    }
  }

  /** Leaves out films that catalog has removed since the model was built. */
  async #readProducts({ products }: Model, films: Uint32Array): Promise<Product[]> {
    const found = new Map([...films].map((film) => [film, products.get(film)]));
    const numbers = [...films].filter((film) => !found.get(film));
    if (numbers.length > 0) {
      for (const [film, json] of await this.scoring.run('readFilms', { numbers })) {
        const product = JSON.parse(json) as Product;
        found.set(film, product);
        products.set(film, product);
      }
    }
    return [...found.values()].filter((product) => product !== undefined);
  }

  #requireModel(): Model {
    if (!this.#model) throw new Problem('unavailable', { detail: 'no films have been read yet' });
    return this.#model;
  }
}
