/** Rate up to which all ordinary requests are logged. */
const LINES_PER_SECOND = 200;

/**
 * Samples access lines: above the rate one in n, where n follows the rate of the previous second. Within a second that has
 * more than twice the expected requests, n doubles again and again, so that a sudden flood does not fill the log.
 * @param linesPerSecond rate up to which all requests are logged
 * @returns a function that returns how many requests the line of this one represents; 0 if it gets none
 */
export function createAccessSampling(linesPerSecond = LINES_PER_SECOND): (now: number) => number {
  let second = -1;
  let requests = 0;
  let every = 1;
  return (now) => {
    const current = Math.floor(now / 1000);
    if (current !== second) {
      every = current === second + 1 ? Math.max(1, Math.ceil(requests / linesPerSecond)) : 1;
      second = current;
      requests = 0;
    }
    requests += 1;
    if (requests > 2 * linesPerSecond * every) every *= 2;
    return requests % every === 0 ? every : 0;
  };
}
