import type { OrderFeedEntry } from '@film-store/contracts';

/** The entry that was applied last. */
export interface Position {
  readonly seq: number;
  readonly orderId: string;
}

export type FeedPage =
  /** The feed goes on from the position: what of the page is new, and the position after it. */
  | {
      readonly kind: 'news';
      readonly news: readonly OrderFeedEntry[];
      readonly position: Position | undefined;
    }
  /** The feed is not the one that was read before: catalog's database was reset, or restored from a backup. */
  | { readonly kind: 'other-history' };

/** Returns the `after` of the next request: one less than the position, so that the page begins with the last entry. */
export const toFeedStart = (position: Position | undefined): number => (position ? position.seq - 1 : 0);

/**
 * Reads a page that was requested with `toFeedStart`. The entry applied last has to come first again: an order's id is
 * random, so finding it there proves that this is still the same history, which a `seq` alone would not. Entries that
 * do not come after the position, or come twice, are no news.
 */
export function applyPage(position: Position | undefined, entries: readonly OrderFeedEntry[]): FeedPage {
  if (position && entries[0]?.orderId !== position.orderId) return { kind: 'other-history' };
  const news: OrderFeedEntry[] = [];
  let last = position;
  for (const entry of entries) {
    if (last && entry.seq <= last.seq) continue;
    news.push(entry);
    last = { seq: entry.seq, orderId: entry.orderId };
  }
  return { kind: 'news', news, position: last };
}
