import { type Load, type Result, type Target, send } from './load.ts';

const CHECK_S = 3;
const MOST_CHECKS = 12;
/** A busy machine delays a few pages. An open breaker degrades all of them. */
const COMPLETE_SHARE = 0.9;

const isComplete = (result: Result): boolean =>
  result.kind === 'page' ? result.page === 'whole' : result.confirmed;
const isReady = (results: readonly Result[]): boolean =>
  results.filter(isComplete).length >= COMPLETE_SHARE * results.length;

/**
 * Sends the load, and more of it until nine pages in ten are complete: on a busy machine breakers open while gateways are
 * cold. A subject must not begin a fault with an open breaker.
 * @throws Error if a subject is not ready after more than half a minute
 */
export async function warmUp(targets: readonly Target[], load: Load): Promise<void> {
  await send(targets, load);
  let late: readonly Target[] = targets;
  for (let check = 1; check <= MOST_CHECKS && late.length > 0; check++) {
    const results = await send(targets, { ...load, seconds: CHECK_S, phase: `${load.phase} ${check}` });
    late = targets.filter((_, index) => !isReady(results[index]!));
  }
  if (late.length === 0) return;
  const names = late.map(({ name }) => name).join(', ');
  throw new Error(`pages are incomplete without a fault, the machine is too busy: ${names}`);
}
