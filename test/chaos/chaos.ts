import { parseArgs } from 'node:util';
import { z } from 'zod';
import { build, isBuilt } from '../../deploy/local/build.ts';
import { root } from '../../deploy/local/services.ts';
import { circumstances } from '../support/circumstances.ts';
import { exactlyOnce } from './exactly-once/exactly-once.ts';
import { type Experiment, type Settings, describeTolerance } from './experiment.ts';
import { seconds, writeReport } from './report.ts';
import { type Outcome, runExperiment } from './run-experiment.ts';

/*
 * `npm run chaos -- [EXPERIMENT …]` breaks the system on purpose and says whether it held, for each seed, in
 * `.data/chaos/EXPERIMENT`. Exits with 1 where a hypothesis did not hold, with 2 where it was asked for nonsense.
 */
const experiments: readonly Experiment[] = [exactlyOnce];
const names = experiments.map(({ name }) => name);
const USAGE = `npm run chaos -- [EXPERIMENT …] [--seed N] [--seeds 1..100] [--orders 1..100000] [--database postgres|pglite]
experiments: ${names.join(', ')}`;

const command = z.object({
  asked: z.array(z.enum(names)),
  seed: z.coerce.number().int().min(0).default(1),
  seeds: z.coerce.number().int().min(1).max(100).default(1),
  orders: z.coerce.number().int().min(1).max(100_000).default(2000),
  database: z.enum(['postgres', 'pglite']).default('postgres'),
});

process.chdir(root);
const { asked, seed, seeds, orders, database } = readCommand();
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort());
process.once('SIGTERM', () => interruption.abort());
if (!(await isBuilt(root))) await build(root, () => undefined);
const on = circumstances();

const chosen = experiments.filter(({ name }) => asked.length === 0 || asked.includes(name));
for (const experiment of chosen) {
  console.log(`${experiment.name}: ${experiment.title}`);
  for (let nth = 0; nth < seeds && !interruption.signal.aborted; nth++) {
    const settings: Settings = { seed: seed + nth, orders, database };
    const outcome = await runVisibly(experiment, settings);
    if (outcome.verdict !== 'held') process.exitCode = 1;
  }
}

async function runVisibly(experiment: Experiment, settings: Settings): Promise<Outcome> {
  console.log(`seed ${settings.seed}, ${settings.orders} orders, ${settings.database}`);
  const live = process.stdout.isTTY;
  const print = (line: string): void => console.log(live ? `\r\u001b[K${line}` : line);
  const watcher = {
    step: (name: string, atMs: number) => print(`  ${seconds(atMs).padStart(6)} s  ${name}`),
    progress: (text: string) => void (live && process.stdout.write(`\r\u001b[K  ${text}`)),
  };
  const outcome = await runExperiment(experiment, settings, watcher, interruption.signal);
  for (const [figure, value] of Object.entries(outcome.figures)) {
    print(`  ${figure.padEnd(48)} ${String(value).padStart(8)}`);
  }
  for (const { probe, value, tolerance, holds, examples = [] } of outcome.after) {
    const tolerated = holds ? '' : `   ${describeTolerance(tolerance)} was expected`;
    print(`  ${holds ? '✓' : '✗'} ${probe.padEnd(46)} ${String(value).padStart(8)}${tolerated}`);
    if (!holds) for (const example of examples) print(`      ${example}`);
  }
  const file = writeReport({ experiment, settings, outcome, on });
  const reason = outcome.reason === undefined ? '' : ` (${outcome.reason})`;
  print(`  ${outcome.verdict}${reason} after ${seconds(outcome.durationMs)} s → ${file}`);
  return outcome;
}

function readCommand(): z.infer<typeof command> {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals } = parseArgs({
      options: { seed: text, seeds: text, orders: text, database: text },
      allowPositionals: true,
    });
    const read = command.safeParse({ ...values, asked: positionals });
    return read.success ? read.data : refuse(z.prettifyError(read.error));
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(why: string): never {
  console.error(`${why}\nusage: ${USAGE}`);
  process.exit(2);
}
