import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';

/** Describes the environment of a measurement. */
export const environmentInfo = () => ({
  machine: `${availableParallelism()} × ${cpus()[0]?.model}`,
  node: process.version,
  commit: commit(),
});

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    // A copy without git history.
    return 'unknown';
  }
}
