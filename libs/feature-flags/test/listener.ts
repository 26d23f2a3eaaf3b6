import type { FeedListener } from '../src/feed.ts';

/** Keeps what a feed told, in order. */
export function recorder(): FeedListener & { readonly told: readonly string[] } {
  const told: string[] = [];
  return {
    told,
    definitions: (text) => void told.push(text),
    stale: () => void told.push('(stale)'),
    gone: () => void told.push('(gone)'),
  };
}
