import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';

/** What a figure was measured on. */
export const environmentInfo = () => ({
  machine: `${availableParallelism()} × ${cpus()[0]?.model}`,
  node: process.version,
  commit: commit(),
});

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    // A copy without its history.
    return 'unknown';
  }
}
