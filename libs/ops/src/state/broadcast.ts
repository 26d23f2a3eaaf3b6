import { Readable } from 'node:stream';
import { Problem } from '@film-store/problem';
import type { Clock } from '@film-store/core';

export const MAX_SUBSCRIBERS = 16;
/** Time from one message to the next, in milliseconds. Each message is also a heartbeat. */
export const INTERVAL_MS = 1000;

/** Sends one message per second to all subscribers. Creates no message while there is no subscriber. */
export class Broadcast {
  readonly #clock: Clock;
  readonly #createMessage: () => Promise<string>;
  readonly #subscribers = new Set<SseSubscriber>();
  #cancelNext: () => void = () => undefined;
  #running = false;
  #ended = false;

  /** @param createMessage must not reject */
  constructor(clock: Clock, createMessage: () => Promise<string>) {
    this.#clock = clock;
    this.#createMessage = createMessage;
  }

  /** @throws Problem `unavailable` above `MAX_SUBSCRIBERS`, or after `end` */
  subscribe(): Readable {
    if (this.#ended || this.#subscribers.size >= MAX_SUBSCRIBERS)
      throw new Problem('unavailable', {
        detail: this.#ended
          ? 'the service is draining'
          : `the stream has ${MAX_SUBSCRIBERS} subscribers already`,
        headers: { 'retry-after': '5' },
      });
    const subscriber = new SseSubscriber();
    this.#subscribers.add(subscriber);
    subscriber.once('close', () => {
      this.#subscribers.delete(subscriber);
      if (this.#subscribers.size === 0) this.#cancelNext();
    });
    if (this.#subscribers.size === 1 && !this.#running) void this.#send();
    return subscriber;
  }

  end(): void {
    this.#ended = true;
    this.#cancelNext();
    for (const subscriber of this.#subscribers) subscriber.end();
  }

  async #send(): Promise<void> {
    this.#running = true;
    const startedAt = this.#clock.now();
    const message = await this.#createMessage();
    this.#running = false;
    for (const subscriber of this.#subscribers) subscriber.send(message);
    if (this.#ended || this.#subscribers.size === 0) return;
    const tookMs = this.#clock.now() - startedAt;
    this.#cancelNext = this.#clock.after(Math.max(0, INTERVAL_MS - tookMs), () => void this.#send());
  }
}

/** Keeps only the latest message for a client that reads slowly, so that a client costs the memory of one message. */
class SseSubscriber extends Readable {
  #latest: string | undefined;
  #wantsMore = false;

  constructor() {
    super({ highWaterMark: 1 });
  }

  send(message: string): void {
    this.#latest = message;
    if (this.#wantsMore) this.#pushLatest();
  }

  /** Ends the stream, or destroys it if the client reads nothing at the moment. */
  end(): void {
    if (this.#wantsMore) this.push(null);
    else this.destroy();
  }

  override _read(): void {
    this.#pushLatest();
  }

  #pushLatest(): void {
    const message = this.#latest;
    this.#latest = undefined;
    this.#wantsMore = message === undefined;
    if (message !== undefined) this.push(message);
  }
}
