import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { orderFeed } from '@film-store/contracts';
import { HealthRegistry, HealthCheckFailed } from '@film-store/health';
import { InjectUpstream, HttpUpstream } from '@film-store/resilience';
import { toLastSuccess } from '../polling/connection-state.ts';
import { Poller } from '../polling/poller.ts';
import { TIME, type Time } from '../polling/time.ts';
import { RecommendationsService } from '../recommendations/recommendations.service.ts';
import { type Position, applyPage, toFeedStart } from './feed-page.ts';

const POLL_MS = 1000;
const PAGE_SIZE = 500;

/**
 * Gives the recommendations every order of catalog's feed, once. The position is kept in memory, as the counts are: both
 * start again with the process. When catalog returns with another history, the counts start again as well.
 */
@Injectable()
export class FeedService implements OnModuleInit, BeforeApplicationShutdown {
  #position: Position | undefined;
  readonly #poller: Poller;

  constructor(
    @InjectUpstream('catalog') private readonly catalog: HttpUpstream,
    private readonly recommendations: RecommendationsService,
    private readonly health: HealthRegistry,
    @Inject(TIME) time: Time,
    private readonly logger: PinoLogger,
  ) {
    this.#poller = new Poller({ name: 'feed', poll: () => this.#poll(), time, logger });
  }

  onModuleInit(): void {
    this.#poller.start();
    this.health.register({ name: 'catalog', critical: false, check: () => this.#check() });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller.stop();
  }

  async #poll(): Promise<number> {
    const { entries } = await this.catalog.get('/orders/feed', {
      query: { after: toFeedStart(this.#position), limit: PAGE_SIZE },
      schema: orderFeed,
    });
    const page = applyPage(this.#position, entries);
    if (page.kind === 'other-history') return this.#restart();
    if (page.news.length > 0) this.recommendations.addOrders(page.news);
    this.#position = page.position;
    return page.news.length > 0 && entries.length === PAGE_SIZE ? 0 : POLL_MS;
  }

  #restart(): number {
    this.logger.warn(
      { event: 'feed.restarted', cursor: this.#position?.seq },
      'catalog has another history of orders, counting again',
    );
    this.recommendations.clearOrders();
    this.#position = undefined;
    // Not at once: two histories that take turns must not make a busy loop.
    return POLL_MS;
  }

  #check(): Record<string, unknown> {
    const { connection, ageMs } = this.#poller;
    const lastSuccess = toLastSuccess(connection);
    const details = {
      cursor: this.#position?.seq ?? 0,
      breaker: this.catalog.breakerDescription.state,
      ...(lastSuccess && {
        lastSuccess: lastSuccess.toISOString(),
        lagMs: Math.round(ageMs),
      }),
    };
    if (connection.state === 'disconnected') {
      const since = details.lastSuccess ?? 'the start';
      throw new HealthCheckFailed(`the feed has been lost since ${since}`, details, {
        cause: connection.error,
      });
    }
    return details;
  }
}
