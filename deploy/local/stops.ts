/** Something that was started. `stop` is idempotent and resolves when nothing of it is left. */
export interface Stoppable {
  stop(): Promise<unknown>;
  /** Ends it without grace; only called once it is being stopped. */
  kill?(signal: 'SIGKILL'): void;
}

/** All that was started, to be stopped in reverse order. */
export class Stops {
  readonly #things: Stoppable[] = [];
  #stopping: Promise<void> | undefined;

  /** Returns the thing. What comes after the stop began is stopped by itself, and the caller told by an error. */
  add<T extends Stoppable>(thing: T): T {
    if (this.#stopping) {
      void thing.stop();
      throw new Error('everything is being stopped');
    }
    this.#things.push(thing);
    return thing;
  }

  /** Attempts everything; rejects with an AggregateError of what failed. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Stops without grace what can be killed. */
  hurry(): void {
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
    if (errors.length > 0)
      throw new AggregateError(errors, `could not stop everything: ${errors.join('; ')}`);
  }
}
