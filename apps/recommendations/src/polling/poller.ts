import type { PinoLogger } from 'nestjs-pino';
import { type ConnectionState, toDisconnected, toBackoffMs } from './connection-state.ts';
import { observeDataAge } from './data-age.ts';
import type { Time } from './time.ts';

export interface PollerOptions {
  /** Name of the data. Prefix of the log events `NAME.read_failed` and `NAME.read_recovered`, and a metric attribute. */
  readonly name: string;
  /**
   * Reads once and resolves with the pause until the next poll, in milliseconds. 0 means that there is more to read.
   * `signal` aborts when polling stops.
   */
  readonly poll: (signal: AbortSignal) => Promise<number>;
  readonly time: Time;
  readonly logger: Pick<PinoLogger, 'info' | 'warn'>;
}

/**
 * Polls from `start` to `stop`, one poll at a time. Backs off while polls fail. Logs only the first failure and the
 * recovery.
 */
export class Poller {
  readonly #options: PollerOptions;
  readonly #abort = new AbortController();
  #connection: ConnectionState = { state: 'starting' };
  #caughtUpAt: number | undefined;
  #startedAt = 0;
  #running = Promise.resolve();
  #stopObserving: () => void = () => undefined;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  get connection(): ConnectionState {
    return this.#connection;
  }

  /** Is true when a poll has read all there was since `start`. */
  get hasCaughtUp(): boolean {
    return this.#caughtUpAt !== undefined;
  }

  /** Milliseconds since a poll last read all there was, or since `start`. */
  get ageMs(): number {
    return this.#options.time.monotonicNow() - (this.#caughtUpAt ?? this.#startedAt);
  }

  start(): void {
    this.#startedAt = this.#options.time.monotonicNow();
    this.#stopObserving = observeDataAge(this.#options.name, () => this.ageMs / 1000);
    this.#running = this.#run();
  }

  /** Resolves after the current poll has ended. Safe to call twice. */
  stop(): Promise<void> {
    this.#abort.abort();
    this.#stopObserving();
    return this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) await this.#options.time.sleep(await this.#pollOnce(signal), signal);
  }

  async #pollOnce(signal: AbortSignal): Promise<number> {
    try {
      const pauseMs = await this.#options.poll(signal);
      this.#succeed(pauseMs);
      return pauseMs;
    } catch (err) {
      return this.#fail(err);
    }
  }

  #succeed(pauseMs: number): void {
    const { name, time, logger } = this.#options;
    if (this.#connection.state === 'disconnected') {
      const { failures } = this.#connection;
      logger.info({ event: `${name}.read_recovered`, failures }, `catalog's ${name} can be read again`);
    }
    this.#connection = { state: 'connected', lastSuccess: time.now() };
    if (pauseMs > 0) this.#caughtUpAt = time.monotonicNow();
  }

  #fail(err: unknown): number {
    const { name, logger } = this.#options;
    if (!this.#abort.signal.aborted && this.#connection.state !== 'disconnected') {
      logger.warn({ event: `${name}.read_failed`, err }, `catalog's ${name} cannot be read`);
    }
    const connection = toDisconnected(this.#connection, err);
    this.#connection = connection;
    return toBackoffMs(connection.failures);
  }
}
