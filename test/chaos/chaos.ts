import { z } from 'zod';
import { root } from '../../deploy/local/services.ts';
import type { RecordedResult } from '../bench/result.ts';
import { recordMeasurement } from '../docs/measurements.ts';
import { environmentInfo } from '../support/environment-info.ts';
import { readCommand } from '../support/command.ts';
import { type Experiment, type Settings, describeTolerance, describeValue } from './experiment.ts';
import { experiments, ladder } from './experiments/index.ts';
import { type Report, seconds, toRecordedResult, writeReport, writeSeries } from './report.ts';
import { runExperiment } from './run-experiment.ts';

/*
 * `npm run chaos -- NAME …` breaks the system on purpose and reports the verdict for each seed in `.data/chaos/NAME`.
 * The exit code is 0 if every hypothesis held, 1 if one was refuted, and 2 if an experiment was not completed or the
 * arguments are invalid.
 */
const LADDER = 'ladder';
/** Ctrl-C can send the signal twice: from the terminal and through npm. */
const SAME_SIGNAL_MS = 500;
const names = [LADDER, ...experiments.map(({ name }) => name)];
const USAGE = `npm run chaos -- NAME … [--seed N] [--seeds 1..100] [--database postgres|pglite]
                        [--orders 1..100000] [--requests 1000..10000000] [--record]

  ${LADDER.padEnd(14)} ${ladder.map(({ name }) => name).join(', ')}: from narrow to wide, until one fails
${experiments.map(({ name, title }) => `  ${name.padEnd(14)} ${title}`).join('\n')}

--orders is for exactly-once only, --requests for soak only. --record keeps the result of the last seed in docs/measurements.`;

const command = z.object({
  requested: z.array(z.enum(names)),
  seed: z.coerce.number().int().min(0).default(1),
  seeds: z.coerce.number().int().min(1).max(100).default(1),
  orders: z.coerce.number().int().min(1).max(100_000).default(2000),
  requests: z.coerce.number().int().min(1000).max(10_000_000).default(1_000_000),
  database: z.enum(['postgres', 'pglite']).default('postgres'),
  record: z.boolean().default(false),
});

process.chdir(root);
const { requested, seed, seeds, orders, requests, database, record } = readCommand(command, USAGE);
if (requested.length === 0) {
  console.log(USAGE);
  process.exit(0);
}
const interruption = new AbortController();
let interruptedAt: number | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
const on = environmentInfo();

const exitCodes = { held: 0, refuted: 1, aborted: 2, inconclusive: 2 } as const;
for (let nth = 0; nth < seeds; nth++) {
  const settings: Settings = { seed: seed + nth, orders, requests, database };
  for (const name of requested) {
    if (interruption.signal.aborted) break;
    if (name === LADDER) {
      await climb(settings);
      continue;
    }
    const report = await run(
      experiments.find((experiment) => experiment.name === name)!,
      settings,
    );
    if (record) await recordMeasurement('chaos', toRecordedResult(report));
  }
}

/** Rolls back. A second signal exits at once, and the processes that this one started end with it. */
function interrupt(): void {
  const now = performance.now();
  if (interruptedAt === undefined) {
    interruptedAt = now;
    console.log('\nrolling back; Ctrl-C again leaves at once');
    interruption.abort();
  } else if (now - interruptedAt > SAME_SIGNAL_MS) process.exit(2);
}

/** Runs the experiments of the ladder until one does not hold. */
async function climb(settings: Settings): Promise<void> {
  const reports: Report[] = [];
  for (const [nth, rung] of ladder.entries()) {
    console.log(`rung ${nth + 1} of ${ladder.length}`);
    const report = await run(rung, settings);
    reports.push(report);
    if (report.outcome.verdict === 'held') continue;
    const left = ladder.slice(nth + 1).map(({ name }) => name);
    if (left.length > 0) console.log(`stopped here: ${left.join(', ')} did not run`);
    break;
  }
  if (record) await recordMeasurement('chaos', toRecordedLadder(reports, settings));
  console.log(`${reports.length} of ${ladder.length} rungs → ${writeSeries(LADDER, reports)}.{md,html}`);
}

const toRecordedLadder = (reports: readonly Report[], settings: Settings): RecordedResult => ({
  name: LADDER,
  question: 'How wide may a fault become until the store no longer holds?',
  load: `seed ${settings.seed}, ${settings.database}, ${ladder.length} rungs`,
  ...on,
  measured: [
    {
      name: 'rungs that held',
      unit: 'count',
      value: reports.filter(({ outcome }) => outcome.verdict === 'held').length,
      goal: `= ${ladder.length}`,
    },
  ],
});

async function run(experiment: Experiment, settings: Settings): Promise<Report> {
  console.log(`${experiment.name}: ${experiment.title}`);
  console.log(`  seed ${settings.seed}, ${settings.database}`);
  const live = process.stdout.isTTY;
  const print = (line: string): void => console.log(live ? `\r\u001b[K${line}` : line);
  const watcher = {
    step: (name: string, atMs: number) => print(`  ${seconds(atMs).padStart(6)} s  ${name}`),
    progress: (text: string) =>
      void (live && process.stdout.write(`\r\u001b[K  ${text.slice(0, process.stdout.columns - 3)}`)),
  };
  const outcome = await runExperiment(experiment, settings, watcher, interruption.signal);
  for (const [figure, value] of Object.entries(outcome.figures)) {
    print(`  ${figure.padEnd(48)} ${String(value).padStart(8)}`);
  }
  for (const { probe, value, tolerance, holds, examples = [] } of outcome.after) {
    const tolerated = holds ? '' : `   ${describeTolerance(tolerance)} was expected`;
    print(
      `  ${holds ? '✓' : '✗'} ${probe.padEnd(46)} ${describeValue(tolerance, value).padStart(8)}${tolerated}`,
    );
    if (!holds) for (const example of examples) print(`      ${example}`);
  }
  const report: Report = { experiment, settings, outcome, on };
  const file = writeReport(report);
  const reason = outcome.reason === undefined ? '' : ` (${outcome.reason})`;
  print(`  ${outcome.verdict}${reason} after ${seconds(outcome.durationMs)} s → ${file}.{md,json,html}`);
  process.exitCode = Math.max(Number(process.exitCode ?? 0), exitCodes[outcome.verdict]);
  return report;
}
