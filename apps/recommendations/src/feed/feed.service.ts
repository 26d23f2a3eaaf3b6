import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { orderFeed } from '@film-store/contracts';
import { HealthRegistry, HealthCheckFailed } from '@film-store/health';
import { InjectUpstream, HttpUpstream } from '@film-store/resilience';
import { toLastSuccess } from '../polling/connection-state.ts';
import { Poller } from '../polling/poller.ts';
import { TIME, type Time } from '../polling/time.ts';
import { RecommendationsService } from '../recommendations/recommendations.service.ts';
import { type Position, readPage, toFeedStart } from './feed-page.ts';

const POLL_MS = 1000;
const PAGE_SIZE = 500;

/**
 * Reads catalog's order feed and adds each order to the recommendations once. Position and sales are in memory, so both
 * start from zero with the process. They also restart when the feed has another history.
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
    const page = readPage(this.#position, entries);
    if (page.kind === 'history-changed') return this.#restart();
    if (page.newEntries.length > 0) this.recommendations.addOrders(page.newEntries);
    this.#position = page.position;
    return page.newEntries.length > 0 && entries.length === PAGE_SIZE ? 0 : POLL_MS;
  }

  #restart(): number {
    this.logger.warn(
      { event: 'feed.restarted', cursor: this.#position?.seq },
      'the order feed has another history; counting sales from zero',
    );
    this.recommendations.clearOrders();
    this.#position = undefined;
    // Waits, because two catalogs with different histories behind one address would cause a busy loop.
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
      const since = details.lastSuccess ?? 'startup';
      throw new HealthCheckFailed(`the order feed cannot be read since ${since}`, details, {
        cause: connection.error,
      });
    }
    return details;
  }
}
