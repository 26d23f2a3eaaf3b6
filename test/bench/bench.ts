import { mkdirSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { degradable } from '../../deploy/local/services.ts';
import { recordMeasurement } from '../docs/measurements.ts';
import { readCommand } from '../support/command.ts';
import { environmentInfo } from '../support/environment-info.ts';
import { ablationBenchmark } from './ablation.ts';
import { amplificationBenchmark } from './amplification.ts';
import type { Benchmark } from './benchmark.ts';
import { breakerBenchmark } from './breaker.ts';
import { overheadVsBareBenchmark } from './overhead-vs-bare.ts';
import { failingFastBenchmark } from './failing-fast.ts';
import { floodBenchmark } from './flood.ts';
import { formatFigure } from './figure.ts';
import { idempotencyBenchmark } from './idempotency.ts';
import { naiveBenchmark } from './naive.ts';
import { writePage } from './page.ts';
import { ordersSurviveLongestBenchmark } from './orders-survive-longest.ts';
import { outboundLimitBenchmark } from './outbound-limit.ts';
import { overloadBenchmark } from './overload.ts';
import { pageProfileBenchmark } from './page-profile.ts';
import { pipelineBenchmark } from './pipeline.ts';
import { priceListBenchmark } from './price-list.ts';
import { recoveryBenchmark } from './recovery.ts';
import { rejectionsBenchmark } from './rejections.ts';
import { rollingRestartBenchmark } from './rolling-restart.ts';
import { scaleBenchmark } from './scale.ts';
import { SCALE_SIZE_NAMES } from './scale/sizes.ts';
import { startBenchmark } from './start.ts';
import { tailLatencyBenchmark } from './tail-latency.ts';
import { gatewayOverheadBenchmark } from './gateway-overhead.ts';

/*
 * `npm run bench -- [NAME …]` measures and writes `.data/bench/NAME.json`, and draws all results in
 * `.data/bench/index.html`. `--record` also writes `docs/measurements/bench/NAME.json` and the page of the figures.
 * Figures are ratios taken side by side in one run: machines differ, and the same one from minute to minute.
 */
const benchmarks: readonly Benchmark[] = [
  pipelineBenchmark,
  breakerBenchmark,
  gatewayOverheadBenchmark,
  overheadVsBareBenchmark,
  pageProfileBenchmark,
  amplificationBenchmark,
  naiveBenchmark,
  ...(degradable.length > 0 ? [failingFastBenchmark, recoveryBenchmark] : []),
  tailLatencyBenchmark,
  rollingRestartBenchmark,
  idempotencyBenchmark,
  overloadBenchmark,
  rejectionsBenchmark,
  floodBenchmark,
  ordersSurviveLongestBenchmark,
  outboundLimitBenchmark,
  startBenchmark,
  scaleBenchmark,
  ablationBenchmark,
  priceListBenchmark,
];
const names = benchmarks.map(({ name }) => name);
const command = z.object({
  requested: z.array(z.enum(names)),
  record: z.boolean().default(false),
  sizes: z
    .string()
    .default('small,medium')
    .transform((list) => list.split(','))
    .pipe(z.array(z.enum(SCALE_SIZE_NAMES))),
  only: z.string().optional(),
  seed: z.coerce.number().int().min(0).default(1),
  rounds: z.coerce.number().int().min(1).max(10).default(1),
  'vcpu-hour': z.coerce.number().positive().default(0.04),
  'gib-hour': z.coerce.number().positive().default(0.005),
});
const {
  requested,
  'vcpu-hour': vcpuHour,
  'gib-hour': gibHour,
  ...options
} = readCommand(
  command,
  `npm run bench -- [--record] [--sizes ${SCALE_SIZE_NAMES.join()}] [--only DEFENSE/FAULT] [--seed N] [--rounds N] ` +
    `[--vcpu-hour PRICE] [--gib-hour PRICE] [${names.join(' | ')}] …`,
);
const { record } = options;

const on = environmentInfo();
mkdirSync('.data/bench', { recursive: true });
for (const benchmark of benchmarks.filter(({ name }) => requested.length === 0 || requested.includes(name))) {
  const { name, question, load } = benchmark;
  console.log(`${name}: ${question}\n  ${load}`);
  const {
    measured,
    plots = [],
    ...data
  } = await benchmark.run(
    (progress) => {
      if (process.stdout.isTTY) process.stdout.write(`\r  ${progress} `);
    },
    { ...options, vcpuHour, gibHour },
  );
  if (process.stdout.isTTY) process.stdout.write('\r');
  for (const each of measured) {
    const goal = each.goal === undefined ? '' : `   goal ${each.goal}`;
    console.log(`  ${each.name.padEnd(48)} ${formatFigure(each).padStart(10)}${goal}`);
  }
  const file = `.data/bench/${name}.json`;
  writeFileSync(
    file,
    `${JSON.stringify({ name, question, load, ...on, measured, plots, ...data }, null, 2)}\n`,
  );
  if (record)
    await recordMeasurement('bench', { name, question, load, ...on, measured: [...measured], ...data });
  console.log(`  ${on.machine}, Node ${on.node}, commit ${on.commit} → ${file}`);
}
console.log(`all results: ${writePage('.data/bench')}`);
