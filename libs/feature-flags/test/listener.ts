import type { FeedListener } from '../src/feed.ts';

/** Records the events of a feed, in order. */
export function createRecorder(): FeedListener & { readonly events: readonly string[] } {
  const events: string[] = [];
  return {
    events,
    definitions: (text) => void events.push(text),
    stale: () => void events.push('(stale)'),
    unavailable: () => void events.push('(unavailable)'),
  };
}
