/**
 * Runs at most `limit` functions in one turn of the event loop. All others wait for the next turns, in order. A flood
 * then adds at most this many to each turn that a request in progress needs, however many connections send it.
 */
export class TurnLimit {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #started = 0;

  /** @param limit functions in one turn, from 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Calls `work` once, in this turn or a later one. */
  run(work: () => void): void {
    if (this.#started < this.#limit) this.#start(work);
    else this.#waiting.push(work);
  }

  #start(work: () => void): void {
    if (this.#started++ === 0) setImmediate(this.#startTurn);
    work();
  }

  readonly #startTurn = (): void => {
    this.#started = 0;
    for (const work of this.#waiting.splice(0, this.#limit)) this.#start(work);
  };
}
