/** Samples of the primary that the replica has not reached. Enough for a minute of samples, twice a second. */
const MAX_SAMPLES = 120;

/** A position in the write-ahead log of the primary, and a time at which the primary had reached it. */
interface Sample {
  readonly position: bigint;
  readonly at: number;
}

/**
 * Measures how old the data of a replica may be. When the replica has replayed the log up to a position, it has every
 * commit from before the primary was at that position. This needs no clock of a server, and it also holds for a replica
 * that is disconnected: `pg_last_xact_replay_timestamp` is old on an idle primary too.
 */
export class ReplicaFreshness {
  #samples: Sample[] = [];
  #replayed = 0n;
  #asOf: number | undefined;

  /** The replica has every commit from before this time. `undefined` if no time is known. */
  get asOf(): number | undefined {
    return this.#asOf;
  }

  /** @param at a monotonic time in milliseconds, from before the position was read */
  recordPrimary(position: bigint, at: number): void {
    this.#samples.push({ position, at });
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
  }

  /** A position before the last one is that of another server, with older data. */
  recordReplica(position: bigint): void {
    if (position < this.#replayed) this.reset();
    this.#replayed = position;
    const reached = this.#samples.findLastIndex((sample) => sample.position <= position);
    if (reached === -1) return;
    this.#asOf = this.#samples[reached]?.at;
    this.#samples = this.#samples.slice(reached + 1);
  }

  /** Forgets everything. For a server that is no replica: its position says nothing about the primary. */
  reset(): void {
    this.#samples = [];
    this.#replayed = 0n;
    this.#asOf = undefined;
  }
}

/** Parses a `pg_lsn`, for example `16/B374D848`. */
export function parsePosition(text: string): bigint {
  const [high = '', low = ''] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
