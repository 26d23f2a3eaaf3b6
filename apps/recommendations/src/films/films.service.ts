import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { InjectUpstream, Upstream } from '@film-store/resilience';
import { type Poller, startPolling } from '../polling/poller.ts';
import { TIME, type Time } from '../polling/time.ts';
import { RecommendationsService } from '../recommendations/recommendations.service.ts';
import { readFilms } from './films.client.ts';
import { FilmsRepository } from './films.repository.ts';

const REFRESH_MS = 5 * 60_000;

/** Gives the recommendations their films: those kept from the last run first, then catalog's, again and again. */
@Injectable()
export class FilmsService implements OnModuleInit, BeforeApplicationShutdown {
  #poller: Poller | undefined;

  constructor(
    @InjectUpstream('catalog') private readonly catalog: Upstream,
    private readonly store: FilmsRepository,
    private readonly recommendations: RecommendationsService,
    @Inject(TIME) private readonly time: Time,
    private readonly logger: PinoLogger,
  ) {}

  async onModuleInit(): Promise<void> {
    const kept = await this.store.read();
    if (kept) this.recommendations.useFilms(kept);
    this.#poller = startPolling({
      name: 'films',
      poll: (signal) => this.#refresh(signal),
      time: this.time,
      logger: this.logger,
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller?.stop();
  }

  async #refresh(signal: AbortSignal): Promise<number> {
    const asOf = this.time.now().toISOString();
    const films = await readFilms(this.catalog, signal);
    if (films.length === 0) throw new Error('catalog has no films');
    const snapshot = { asOf, films };
    this.recommendations.useFilms(snapshot);
    await this.store.write(snapshot);
    return REFRESH_MS;
  }
}
