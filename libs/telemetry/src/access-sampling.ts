/** How many lines of ordinary requests a second are all written; beyond it, one in n. */
const LINES_PER_SECOND = 200;

/**
 * Thins out the access lines of ordinary requests under load: one in n, so that some 200 a second are left, n by how
 * many there were in the second before. Those of requests that went otherwise are not asked about, and all written.
 * @returns how many requests the line of this one stands for; 0 where it gets none
 */
export function createAccessSampling(): (now: number) => number {
  let second = -1;
  let seen = 0;
  let every = 1;
  return (now) => {
    const current = Math.floor(now / 1000);
    if (current !== second) {
      every = current === second + 1 ? Math.max(1, Math.ceil(seen / LINES_PER_SECOND)) : 1;
      second = current;
      seen = 0;
    }
    seen += 1;
    return seen % every === 0 ? every : 0;
  };
}
