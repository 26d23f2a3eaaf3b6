/** Something that was started. `stop` is idempotent and resolves when it has ended. */
export interface Stoppable {
  stop(): Promise<unknown>;
  /** Ends it at once. Only called after `stop`. */
  kill?(signal: 'SIGKILL'): void;
}

/** Stops everything that was added, in reverse order. */
export class Stops {
  readonly #things: Stoppable[] = [];
  #stopping: Promise<void> | undefined;

  /**
   * Returns the thing. Stops it at once while everything stops.
   * @throws Error while everything stops
   */
  add<T extends Stoppable>(thing: T): T {
    if (this.#stopping) {
      void thing.stop();
      throw new Error('everything is stopping');
    }
    this.#things.push(thing);
    return thing;
  }

  /** Attempts everything. Rejects with an AggregateError of the failures. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
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
    const errors: unknown[] = [];
    for (const thing of this.#things.toReversed()) {
      await thing.stop().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, `cannot stop everything: ${errors.join('; ')}`);
  }
}
