/** How many handlers have begun and have not settled. */
export class WorkUnderWay {
  #count = 0;
  #over = Promise.withResolvers<void>();

  readonly begin = (): (() => void) => {
    this.#count += 1;
    return this.#end;
  };

  /** Resolves once there is none, or nobody waits for them any more. */
  async over(): Promise<void> {
    if (this.#count > 0) await this.#over.promise;
  }

  /** Those who wait for it to be over go on. */
  abandon(): void {
    this.#over.resolve();
  }

  readonly #end = (): void => {
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#over.resolve();
    this.#over = Promise.withResolvers();
  };
}
