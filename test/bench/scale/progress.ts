import { formatCount } from './sizes.ts';

/** Reports a number of finished parts. */
export type Progress = (done: number) => void;

/** Returns a function that reports finished parts of `total` with the time left, such as `orders: 500 of 1,000, 30 s left`. */
export function createProgress(
  report: (progress: string) => void,
  what: string,
  total: number,
  now: () => number = () => performance.now(),
): Progress {
  const began = now();
  return (done) => {
    const left = done === 0 ? '' : `, ${formatLeft(((now() - began) / done) * (total - done))} left`;
    report(`${what}: ${formatCount(done)} of ${formatCount(total)}${left}`.padEnd(72));
  };
}

function formatLeft(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
