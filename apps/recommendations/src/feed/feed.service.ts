import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { type OrderFeedEntry, orderFeed } from '@film-store/contracts';
import { Degraded, HealthRegistry, HealthCheckFailed } from '@film-store/health';
import { InjectUpstream, HttpUpstream } from '@film-store/resilience';
import { DatabaseWriter } from '../database/database-writer.ts';
import { toLastSuccess } from '../polling/connection-state.ts';
import { Poller } from '../polling/poller.ts';
import { TIME, type Time } from '../polling/time.ts';
import { RecommendationsService } from '../recommendations/recommendations.service.ts';
import { type Position, readPage, toFeedStart } from './feed-page.ts';

const POLL_MS = 1000;
const PAGE_SIZE = 500;
/**
 * While the feed has more pages, this many order lines are counted at once: a film that several pages change is then written
 * once. It also bounds the memory.
 */
const MAX_PENDING_LINES = 20_000;
/** Lag from which the sales are reported as incomplete. It is also the limit of the alert `FeedLag`. */
const MAX_LAG_MS = 60_000;

/**
 * Reads catalog's order feed and counts each order once. Position and counts are stored together, so a restart continues
 * where they end. They start from zero when the feed has another history.
 */
@Injectable()
export class FeedService implements OnModuleInit, BeforeApplicationShutdown {
  /** The last entry that was read. */
  #position: Position | undefined;
  /** Entries that are read but not counted yet. */
  #pending: OrderFeedEntry[] = [];
  readonly #poller: Poller;

  constructor(
    @InjectUpstream('catalog') private readonly catalog: HttpUpstream,
    private readonly writer: DatabaseWriter,
    private readonly recommendations: RecommendationsService,
    private readonly health: HealthRegistry,
    @Inject(TIME) time: Time,
    private readonly logger: PinoLogger,
  ) {
    this.#poller = new Poller({ name: 'feed', poll: () => this.#poll(), time, logger });
  }

  async onModuleInit(): Promise<void> {
    const { position } = await this.writer.open();
    this.#position = position;
    this.#poller.start();
    this.health.register({ name: 'catalog', critical: false, check: () => this.#check() });
    // Critical, so that readiness reports the lag. It is never down: old counts are better than none.
    this.health.register({ name: 'sales', critical: true, check: () => this.#checkSales() });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller.stop();
  }

  async #poll(): Promise<number> {
    // The last poll failed to count them.
    if (this.#isFull()) await this.#count();
    const { entries } = await this.catalog.get('/orders/feed', {
      query: { after: toFeedStart(this.#position), limit: PAGE_SIZE },
      schema: orderFeed,
    });
    const page = readPage(this.#position, entries);
    if (page.kind === 'history-changed') return this.#restart();
    this.#position = page.position;
    this.#pending.push(...page.newEntries);
    const hasMore = page.newEntries.length > 0 && entries.length === PAGE_SIZE;
    if (!hasMore || this.#isFull()) await this.#count();
    return hasMore ? 0 : POLL_MS;
  }

  #isFull(): boolean {
    return this.#pending.reduce((lines, { items }) => lines + items.length, 0) >= MAX_PENDING_LINES;
  }

  /** Keeps the entries if it fails. They can be counted again, because the database skips what it has. */
  async #count(): Promise<void> {
    if (this.#pending.length === 0) return;
    this.recommendations.noteOrders(await this.writer.write('addOrders', { entries: this.#pending }));
    this.#pending = [];
  }

  async #restart(): Promise<number> {
    this.logger.warn(
      { event: 'feed.restarted', cursor: this.#position?.seq },
      'the order feed has another history; counting sales from zero',
    );
    await this.writer.write('clearOrders', {});
    this.recommendations.noteClearedOrders();
    this.#pending = [];
    this.#position = undefined;
    // Waits, because two catalogs with different histories behind one address would cause a busy loop.
    return POLL_MS;
  }

  #checkSales(): Record<string, unknown> {
    const { hasCaughtUp, ageMs } = this.#poller;
    const details = { cursor: this.#position?.seq ?? 0, lagMs: Math.round(ageMs) };
    if (!hasCaughtUp || ageMs > MAX_LAG_MS) throw new Degraded('the sales do not have all orders', details);
    return details;
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
