import { setTimeout as sleep } from 'node:timers/promises';
import { orderFeed } from '@film-store/contracts';

/** As in recommendations. */
const PAGE = 500;
const POLL_MS = 1000;

/** Pause after a failure. Catalog rejects reads of the feed before it rejects orders. */
const RETRY_MS = 200;

/**
 * Reads the order feed until `signal` ends: each second, and without a pause while there is more. Reads at least to the end
 * of the feed.
 * @param after position to begin after
 * @returns the last position
 */
export async function readFeed(catalogUrl: string, signal: AbortSignal, after: number): Promise<number> {
  let last = after;
  for (;;) {
    const response = await fetch(`${catalogUrl}/orders/feed?after=${last}&limit=${PAGE}`);
    if (!response.ok) {
      await response.body?.cancel();
      await sleep(RETRY_MS);
      continue;
    }
    const { entries } = orderFeed.parse(await response.json());
    last = entries.at(-1)?.seq ?? last;
    if (entries.length === PAGE) continue;
    if (signal.aborted) return last;
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}
