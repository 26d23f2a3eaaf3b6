import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { amplificationBenchmark } from './amplification.ts';
import type { Benchmark } from './benchmark.ts';
import { failingFastBenchmark } from './failing-fast.ts';
import { pipelineBenchmark } from './pipeline.ts';
import { recoveryBenchmark } from './recovery.ts';
import { tailBenchmark } from './tail.ts';

/*
 * `npm run bench -- [NAME …]` measures and writes `.data/bench/NAME.json`. Figures are ratios taken side by side in
 * one run: machines differ, and the same one from minute to minute.
 */
const benchmarks: readonly Benchmark[] = [
  pipelineBenchmark,
  amplificationBenchmark,
  failingFastBenchmark,
  recoveryBenchmark,
  tailBenchmark,
];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => benchmarks.every((benchmark) => benchmark.name !== name));
if (unknown.length > 0) {
  console.error(
    `no such benchmark: ${unknown.join(', ')}; there are: ${benchmarks.map(({ name }) => name).join(', ')}`,
  );
  process.exit(2);
}

const circumstances = {
  machine: `${availableParallelism()} × ${cpus()[0]?.model}`,
  node: process.version,
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
};
mkdirSync('.data/bench', { recursive: true });
for (const benchmark of benchmarks.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  const { name, question, load } = benchmark;
  console.log(`${name}: ${question}\n  ${load}`);
  const { measured, plots = [] } = await benchmark.run((progress) => {
    if (process.stdout.isTTY) process.stdout.write(`\r  ${progress} `);
  });
  if (process.stdout.isTTY) process.stdout.write('\r');
  for (const { name: what, value, unit, goal } of measured) {
    const figure = unit === 'ratio' ? value.toFixed(2) : `${value.toFixed(0)} ${unit}`;
    console.log(`  ${what.padEnd(48)} ${figure.padStart(10)}${goal === undefined ? '' : `   goal ${goal}`}`);
  }
  const file = `.data/bench/${name}.json`;
  writeFileSync(
    file,
    `${JSON.stringify({ name, question, load, ...circumstances, measured, plots }, null, 2)}\n`,
  );
  console.log(
    `  ${circumstances.machine}, Node ${circumstances.node}, commit ${circumstances.commit} → ${file}`,
  );
}
