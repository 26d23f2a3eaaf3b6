import { Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import {
  MAX_RECOMMENDATIONS,
  type OrderFeedEntry,
  type Product,
  type Recommendations,
} from '@film-store/contracts';
import { HealthRegistry } from '@film-store/health';
import { Problem } from '@film-store/problem';
import type { FilmSnapshot } from '../films/films.schema.ts';
import { ResponseCache } from '../model/response-cache.ts';
import { type Model, buildModel } from '../model/model.ts';
import { findMostPopular } from '../model/most-popular.ts';
import { Sales } from '../model/sales.ts';
import { ScoringPool } from '../scoring/scoring-pool.ts';

/** Recommends products based on the latest films and sales. */
@Injectable()
export class RecommendationsService implements OnModuleInit {
  #model: Model | undefined;
  #sales = new Sales();
  #responses = new ResponseCache();

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
        const { films, asOf, version } = this.#requireModel();
        return { films: films.length, asOf, version };
      },
    });
  }

  useFilms(snapshot: FilmSnapshot): void {
    this.#model = buildModel(snapshot, (this.#model?.version ?? 0) + 1);
    this.#responses = new ResponseCache();
    const { version, asOf, films } = this.#model;
    this.logger.info({ event: 'model.built', version, asOf, films: films.length }, 'a new model is active');
  }

  /** Adds orders to the sales. Callers must add each order only once. */
  addOrders(orders: readonly OrderFeedEntry[]): void {
    for (const order of orders) this.#sales.add(order);
    this.#responses = new ResponseCache();
  }

  /** Resets the sales to zero. */
  clearOrders(): void {
    this.#sales = new Sales();
    this.#responses = new ResponseCache();
  }

  /** @throws Problem `not-found` for an unknown product, `unavailable` without a model, or `overloaded` */
  async similar(productId: string, limit: number): Promise<Recommendations> {
    const model = this.#requireModel();
    const target = model.positions.get(productId);
    if (target === undefined)
      throw new Problem('not-found', { detail: `the product ${productId} does not exist` });
    const items = await this.#responses.similar(productId, () => this.#rank(model, productId, target));
    return { items: items.slice(0, limit), asOf: model.asOf };
  }

  /** @throws Problem `unavailable` without a model */
  popular(limit: number): Recommendations {
    const { films, asOf } = this.#requireModel();
    const items = this.#responses.popular(() => findMostPopular(films, this.#sales, MAX_RECOMMENDATIONS));
    return { items: items.slice(0, limit), asOf };
  }

  async #rank({ films, positions, table }: Model, productId: string, target: number): Promise<Product[]> {
    const coPurchases = new Float64Array(films.length);
    for (const [id, strength] of this.#sales.coPurchases(productId)) {
      const position = positions.get(id);
      if (position !== undefined) coPurchases[position] = strength;
    }
    const ranked = await this.scoring.rank({ table, target, coPurchases, count: MAX_RECOMMENDATIONS });
    return ranked.map((position) => films[position]!);
  }

  #requireModel(): Model {
    if (!this.#model) throw new Problem('unavailable', { detail: 'no films have been read yet' });
    return this.#model;
  }
}
