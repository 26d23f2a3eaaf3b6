import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';

/** What a figure was measured on. */
export const circumstances = () => ({
  machine: `${availableParallelism()} × ${cpus()[0]?.model}`,
  node: process.version,
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
});
