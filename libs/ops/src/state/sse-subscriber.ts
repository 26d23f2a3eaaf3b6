import { Readable } from 'node:stream';

/**
 * What one viewer is sent. It gets the latest there is whenever it can take something: what it was too slow for is
 * dropped, so that it never costs more than one message of memory.
 */
export class SseSubscriber extends Readable {
  #latest: string | undefined;
  #takes = false;

  constructor() {
    super({ highWaterMark: 1 });
  }

  show(message: string): void {
    if (this.#takes) this.#give(message);
    else this.#latest = message;
  }

  /** Says that there is no more; one that takes nothing at the moment is cut off. */
  end(): void {
    if (this.#takes) this.push(null);
    else this.destroy();
  }

  override _read(): void {
    if (this.#latest === undefined) this.#takes = true;
    else this.#give(this.#latest);
  }

  #give(message: string): void {
    this.#takes = false;
    this.#latest = undefined;
    this.push(message);
  }
}
