import type { OrderFeedEntry } from '@film-store/contracts';

/** The last applied entry. */
export interface Position {
  readonly seq: number;
  readonly orderId: string;
}

type FeedPage =
  /** The feed continues from the position. Contains the new entries and the position after them. */
  | {
      readonly kind: 'continued';
      readonly newEntries: readonly OrderFeedEntry[];
      readonly position: Position | undefined;
    }
  /** The feed has another history: catalog's database was reset or restored from a backup. */
  | { readonly kind: 'history-changed' };

/** Returns the `after` of the next request: one less than the position, so the page begins with the last applied entry. */
export const toFeedStart = (position: Position | undefined): number => (position ? position.seq - 1 : 0);

/**
 * Finds the new entries of a page that was requested with `toFeedStart`. The page must begin with the last applied entry.
 * Order ids are random, so an equal id proves that the feed has the same history; an equal `seq` alone would not. Skips
 * entries before the position and repeated entries.
 */
export function readPage(position: Position | undefined, entries: readonly OrderFeedEntry[]): FeedPage {
  if (position && entries[0]?.orderId !== position.orderId) return { kind: 'history-changed' };
  const newEntries: OrderFeedEntry[] = [];
  let last = position;
  for (const entry of entries) {
    if (last && entry.seq <= last.seq) continue;
    newEntries.push(entry);
    last = { seq: entry.seq, orderId: entry.orderId };
  }
  return { kind: 'continued', newEntries, position: last };
}
