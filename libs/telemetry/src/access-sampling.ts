/** Rate up to which all ordinary requests are logged. */
const LINES_PER_SECOND = 200;

/**
 * Samples the access lines of ordinary requests: above 200 per second one in n, where n follows the rate of the previous
 * second. Other requests are always logged.
 * @returns a function that returns how many requests the line of this one represents; 0 if it gets none
 */
export function createAccessSampling(): (now: number) => number {
  let second = -1;
  let requests = 0;
  let every = 1;
  return (now) => {
    const current = Math.floor(now / 1000);
    if (current !== second) {
      every = current === second + 1 ? Math.max(1, Math.ceil(requests / LINES_PER_SECOND)) : 1;
      second = current;
      requests = 0;
    }
    requests += 1;
    return requests % every === 0 ? every : 0;
  };
}
