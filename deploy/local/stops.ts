/** Something that was started. `stop` is idempotent and resolves when it has ended. */
export interface Stoppable {
  stop(): Promise<unknown>;
  /** Ends it at once. Only called after `stop`. */
  kill?(signal: 'SIGKILL'): void;
}

/** Stops everything that was added, in reverse order. */
export class Stops {
  readonly #things: Stoppable[] = [];
  readonly #errors: unknown[] = [];
  #stopping: Promise<void> | undefined;

  /**
   * Returns the thing. Stops it at once while everything stops; `stop` then waits for its end too.
   * @throws Error while everything stops
   */
  add<T extends Stoppable>(thing: T): T {
    this.#things.push(thing);
    if (!this.#stopping) return thing;
    this.#stopping = Promise.all([this.#stopping, this.#attempt(thing)]).then(() => undefined);
    throw new Error('everything is stopping');
  }

  /** Attempts everything. Rejects with an AggregateError of the failures. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    let awaited;
    while (awaited !== this.#stopping) await (awaited = this.#stopping);
    const errors = this.#errors;
    if (errors.length > 0) throw new AggregateError(errors, `cannot stop everything: ${errors.join('; ')}`);
  }

  /** Kills everything that can be killed. */
  forceStop(): void {
    void this.stop().catch(() => {});
    for (const thing of this.#things) {
      if (!thing.kill) continue;
      void thing.stop().catch(() => {});
      thing.kill('SIGKILL');
    }
  }

  async #stopAll(): Promise<void> {
    for (const thing of this.#things.toReversed()) await this.#attempt(thing);
  }

  /** Never rejects. */
  async #attempt(thing: Stoppable): Promise<void> {
    await thing.stop().catch((error: unknown) => this.#errors.push(error));
  }
}
