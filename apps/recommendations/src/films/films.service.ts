import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { Poller } from '../polling/poller.ts';
import { TIME, type Time } from '../polling/time.ts';
import { RecommendationsService } from '../recommendations/recommendations.service.ts';
import { FilmsClient } from './films.client.ts';
import { FilmsRepository } from './films.repository.ts';

const REFRESH_MS = 5 * 60_000;

/** Supplies the recommendations with films: first from the stored snapshot, then from catalog every five minutes. */
@Injectable()
export class FilmsService implements OnModuleInit, BeforeApplicationShutdown {
  readonly #poller: Poller;

  constructor(
    private readonly client: FilmsClient,
    private readonly repository: FilmsRepository,
    private readonly recommendations: RecommendationsService,
    @Inject(TIME) private readonly time: Time,
    logger: PinoLogger,
  ) {
    this.#poller = new Poller({ name: 'films', poll: (signal) => this.#refresh(signal), time, logger });
  }

  async onModuleInit(): Promise<void> {
    const snapshot = await this.repository.read();
    if (snapshot) this.recommendations.useFilms(snapshot);
    this.#poller.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#poller.stop();
  }

  async #refresh(signal: AbortSignal): Promise<number> {
    const asOf = this.time.now().toISOString();
    const films = await this.client.readAll(signal);
    if (films.length === 0) throw new Error('catalog has no films');
    const snapshot = { asOf, films };
    this.recommendations.useFilms(snapshot);
    await this.repository.write(snapshot);
    return REFRESH_MS;
  }
}
