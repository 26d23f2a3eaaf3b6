import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { DatabaseWriter } from '../database/database-writer.ts';
import { Poller } from '../polling/poller.ts';
import { TIME, type Time } from '../polling/time.ts';
import { RecommendationsService } from '../recommendations/recommendations.service.ts';
import { FilmRead } from './film-read.ts';
import { FilmsClient } from './films.client.ts';
import { observeRejectedFilms } from './rejected-films.ts';

const REFRESH_MS = 5 * 60_000;

/** Supplies the recommendations with films: first with the stored ones, then with those of catalog every five minutes. */
@Injectable()
export class FilmsService implements OnModuleInit, BeforeApplicationShutdown {
  readonly #poller: Poller;
  #read: FilmRead | undefined;
  /** The stored films differ from those of the model. */
  #changed = false;
  #rejected = 0;
  #stopObserving: () => void = () => undefined;

  constructor(
    private readonly client: FilmsClient,
    private readonly writer: DatabaseWriter,
    private readonly recommendations: RecommendationsService,
    @Inject(TIME) private readonly time: Time,
    private readonly logger: PinoLogger,
  ) {
    this.#poller = new Poller({ name: 'films', poll: (signal) => this.#refresh(signal), time, logger });
  }

  async onModuleInit(): Promise<void> {
    const { asOf } = await this.writer.open();
    if (asOf !== undefined) this.recommendations.useFilms(await this.writer.write('build', {}), asOf);
    this.#stopObserving = observeRejectedFilms(() => this.#rejected);
    this.#poller.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopObserving();
    await this.#poller.stop();
  }

  async #refresh(signal: AbortSignal): Promise<number> {
    const read = (this.#read ??= new FilmRead(this.time.now().toISOString()));
    try {
      await this.#readPages(read, signal);
    } catch (error) {
      if (!read.fail()) this.#read = undefined;
      throw error;
    }
    this.#read = undefined;
    await this.#finish(read, signal);
    return REFRESH_MS;
  }

  async #readPages(read: FilmRead, signal: AbortSignal): Promise<void> {
    do {
      signal.throwIfAborted();
      const page = await this.client.readPage(read.cursor, signal);
      read.add(page, await this.writer.write('storeFilms', { products: page.films }));
    } while (read.cursor !== undefined);
  }

  async #finish(read: FilmRead, signal: AbortSignal): Promise<void> {
    const { asOf, found, films, changed, rejected, firstError } = read;
    this.#rejected = rejected;
    if (rejected > 0) {
      this.logger.warn(
        { event: 'films.rejected', rejected, films, firstError },
        'some films of catalog break the contract; using the others',
      );
    }
    if (films === 0) throw new Error('catalog has no films');
    const removed = await this.writer.write('removeOtherFilms', { found, asOf });
    this.#changed ||= changed + removed > 0 || !this.recommendations.hasModel;
    if (this.#changed) this.recommendations.useFilms(await this.writer.write('build', {}, signal), asOf);
    else this.recommendations.confirmFilms(asOf);
    this.#changed = false;
  }
}
