/** Gives the codes of the database that occur consecutive codes from 1. */
export class DenseCodes {
  #dense = new Uint32Array(1024);
  readonly stored: number[] = [0];

  /** Highest code. */
  get count(): number {
    return this.stored.length - 1;
  }

  encode(code: number): number {
    if (code >= this.#dense.length) {
      const larger = new Uint32Array(2 * code);
      larger.set(this.#dense);
      this.#dense = larger;
    }
    return (this.#dense[code] ||= this.stored.push(code) - 1);
  }
}
