/** Receives the events of a feed, in order. */
export interface FeedListener {
  /** @param text all current definitions, in flagd's format */
  definitions(text: string): void;
  /** The last definitions still apply, but may be out of date. */
  stale(reason: string): void;
  /** There are no definitions: the last ones no longer apply. */
  unavailable(reason: string): void;
}

/** A source of flag definitions. It retries by itself for as long as it runs. */
export interface FlagFeed {
  /** Path or address of the source, for operators. */
  readonly from: string;
  start(listener: FeedListener): void;
  /** Ends all events. May be called twice, and before `start`. */
  stop(): Promise<void>;
}
