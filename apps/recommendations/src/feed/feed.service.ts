import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { orderFeed } from '@film-store/contracts';
import { HealthRegistry, HealthCheckFailed } from '@film-store/health';
import { InjectUpstream, Upstream } from '@film-store/resilience';
import { toLastSuccess } from '../polling/connection-state.ts';
import { type Poller, startPolling } from '../polling/poller.ts';
import { TIME, type Time } from '../polling/time.ts';
import { RecommendationsService } from '../recommendations/recommendations.service.ts';
import { type Position, toFeedStart, readPage } from './feed-page.ts';

const POLL_MS = 1000;
const PAGE_SIZE = 500;

/**
 * Gives the recommendations every order of catalog's feed, once. The position is kept in memory, as the counts are: both
 * begin anew with the process. Where catalog comes back with another history, the counts begin anew as well.
 */
@Injectable()
export class FeedService implements OnModuleInit, BeforeApplicationShutdown {
  #position: Position | undefined;
  #poller: Poller | undefined;

  constructor(
    @InjectUpstream('catalog') private readonly catalog: Upstream,
    private readonly recommendations: RecommendationsService,
    private readonly health: HealthRegistry,
    @Inject(TIME) private readonly time: Time,
    private readonly logger: PinoLogger,
  ) {}

  onModuleInit(): void {
    const poller = startPolling({
      name: 'feed',
      poll: () => this.#poll(),
      time: this.time,
      logger: this.logger,
    });
    this.#poller = poller;
    this.health.register({ name: 'catalog', critical: false, check: () => this.#describe(poller) });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller?.stop();
  }

  async #poll(): Promise<number> {
    const { entries } = await this.catalog.get('/orders/feed', {
      query: { after: toFeedStart(this.#position), limit: PAGE_SIZE },
      schema: orderFeed,
    });
    const page = readPage(this.#position, entries);
    if (page.kind === 'other-history') return this.#countAnew();
    if (page.news.length > 0) this.recommendations.addOrders(page.news);
    this.#position = page.position;
    return page.news.length > 0 && entries.length === PAGE_SIZE ? 0 : POLL_MS;
  }

  #countAnew(): number {
    this.logger.warn(
      { event: 'feed.restarted', cursor: this.#position?.seq },
      'catalog has another history of orders, counting anew',
    );
    this.recommendations.forgetOrders();
    this.#position = undefined;
    // Not at once: two histories that take turns must not make a busy loop.
    return POLL_MS;
  }

  #describe(poller: Poller): Record<string, unknown> {
    const contact = poller.connection();
    const lastSuccess = toLastSuccess(contact);
    const details = {
      cursor: this.#position?.seq ?? 0,
      breaker: this.catalog.breaker.state,
      ...(lastSuccess && {
        lastSuccess: lastSuccess.toISOString(),
        lagMs: Math.round(poller.ageMs()),
      }),
    };
    if (contact.state === 'lost') {
      const since = details.lastSuccess ?? 'the start';
      throw new HealthCheckFailed(`the feed has been lost since ${since}`, details, { cause: contact.error });
    }
    return details;
  }
}
