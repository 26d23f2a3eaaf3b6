/** What a feed tells, one thing at a time, in the order in which it happened. */
export interface FeedListener {
  /** All definitions as they are now, in flagd's format. */
  definitions(text: string): void;
  /** Changes may be missed for a while; the definitions told last still hold. */
  stale(reason: string): void;
  /** The definitions told last hold no longer, and there are no others. */
  gone(reason: string): void;
}

/** Where flag definitions come from. Its job to look again, for ever: nobody starts it a second time. */
export interface FlagFeed {
  /** What it reads, for people. */
  readonly from: string;
  start(listener: FeedListener): void;
  /** Ends it; the listener hears nothing more. Safe to call twice, and before `start`. */
  stop(): Promise<void>;
}
