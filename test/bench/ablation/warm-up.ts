import { type Load, type Target, send } from './load.ts';

const CHECK_S = 3;
const MOST_CHECKS = 20;

/**
 * Sends the load, and more of it until all pages of 3 s are complete: on a busy machine breakers open while gateways are
 * cold. A subject must not begin a fault with an open breaker.
 * @throws Error if pages are still incomplete after a minute
 */
export async function warmUp(targets: readonly Target[], load: Load): Promise<void> {
  await send(targets, load);
  for (let check = 1; check <= MOST_CHECKS; check++) {
    const results = await send(targets, { ...load, seconds: CHECK_S, phase: `${load.phase} ${check}` });
    const isComplete = results
      .flat()
      .every((result) => (result.kind === 'page' ? result.page === 'whole' : result.confirmed));
    if (isComplete) return;
  }
  throw new Error('pages are incomplete without a fault: the machine is too busy');
}
