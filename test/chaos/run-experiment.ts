import { Stops } from '../../deploy/local/stops.ts';
import type { Plot, Table } from '../bench/benchmark.ts';
import {
  type Experiment,
  type Observation,
  type Settings,
  type Step,
  type Tolerance,
  type Trial,
  isWithin,
} from './experiment.ts';

const WATCH_MS = 200;

/** Only `held` is a success. `inconclusive`: a fault had no effect, or the steady state was absent at the start. */
export type Verdict = 'held' | 'refuted' | 'aborted' | 'inconclusive';

export interface Finding extends Observation {
  readonly probe: string;
  readonly tolerance: Tolerance;
  readonly holds: boolean;
}

export interface Outcome {
  readonly verdict: Verdict;
  /** Why the verdict is not `held`, if the findings do not show it. */
  readonly reason?: string;
  readonly before: readonly Finding[];
  readonly after: readonly Finding[];
  /** The actions, with their times in milliseconds from the start of the method. */
  readonly steps: readonly { readonly name: string; readonly atMs: number }[];
  readonly figures: Readonly<Record<string, number>>;
  readonly tables: readonly Table[];
  readonly plots: readonly Plot[];
  /** Duration of the method, without set-up and reconciliation. */
  readonly durationMs: number;
}

/** Receives events as they happen. */
export interface Watcher {
  step(name: string, atMs: number): void;
  progress(text: string): void;
}

/**
 * Checks the steady state, runs the method, rolls back whatever happened, and checks again. `interrupted` ends the
 * method early.
 * @throws Error if the system cannot start, be observed or stop: that is not a result
 */
export async function runExperiment(
  experiment: Experiment,
  settings: Settings,
  watcher: Watcher,
  interrupted: AbortSignal,
): Promise<Outcome> {
  const stops = new Stops();
  try {
    return await carryOut(await experiment.prepare(settings, stops), watcher, interrupted);
  } finally {
    await stops.stop();
  }
}

async function carryOut(trial: Trial, watcher: Watcher, interrupted: AbortSignal): Promise<Outcome> {
  const before = await look(trial, trial.hypothesis);
  const steps: { name: string; atMs: number }[] = [];
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  const note = (name: string): void => {
    steps.push({ name, atMs: Math.round(elapsed()) });
    watcher.step(name, elapsed());
  };
  const steady = before.every(({ holds }) => holds);
  const broken = steady
    ? await follow(trial, note, watcher, interrupted)
    : ({ verdict: 'inconclusive', reason: 'the steady state did not hold before the method' } as const);
  const durationMs = Math.round(elapsed());
  const notRolledBack = await rollBack(trial.rollbacks, note);
  const after = await look(trial, { ...trial.hypothesis, ...trial.demands });
  const ending = broken ?? notRolledBack ?? { verdict: toVerdict(after) };
  const [tables, plots] = [trial.tables?.() ?? [], trial.plots?.() ?? []];
  return { ...ending, before, after, steps, figures: trial.figures(), tables, plots, durationMs };
}

type Broken = Pick<Outcome, 'verdict' | 'reason'>;

const toVerdict = (after: readonly Finding[]): Verdict =>
  after.every(({ holds }) => holds) ? 'held' : 'refuted';

async function look({ observe }: Trial, tolerances: Readonly<Record<string, Tolerance>>): Promise<Finding[]> {
  const observed = await observe();
  return Object.entries(tolerances).map(([probe, tolerance]) => {
    const { value = Number.NaN, examples = [] } = observed[probe] ?? {};
    return { probe, tolerance, value, examples, holds: isWithin(tolerance, value) };
  });
}

/** Resolves with the reason why it did not finish. */
async function follow(
  { method, abort, progress }: Trial,
  note: (name: string) => void,
  watcher: Watcher,
  interrupted: AbortSignal,
): Promise<Broken | undefined> {
  const ending = new AbortController();
  const interrupt = (): void => ending.abort('interrupted');
  interrupted.addEventListener('abort', interrupt);
  if (interrupted.aborted) interrupt();
  const watch = setInterval(() => {
    watcher.progress(progress());
    if (abort.when()) ending.abort(abort.name);
  }, WATCH_MS);
  try {
    for await (const { name, act, confirm } of method(ending.signal)) {
      if (ending.signal.aborted) break;
      note(name);
      await act(ending.signal);
      if (confirm && !(await confirm())) {
        return { verdict: 'inconclusive', reason: `did not take hold: ${name}` };
      }
    }
    return ending.signal.aborted ? { verdict: 'aborted', reason: String(ending.signal.reason) } : undefined;
  } catch (error) {
    return { verdict: 'inconclusive', reason: `the method failed: ${String(error)}` };
  } finally {
    clearInterval(watch);
    interrupted.removeEventListener('abort', interrupt);
    // Background work ends with the method.
    ending.abort();
  }
}

async function rollBack(
  rollbacks: readonly Step[],
  note: (name: string) => void,
): Promise<Broken | undefined> {
  const failed: string[] = [];
  for (const { name, act, confirm } of rollbacks) {
    note(name);
    try {
      await act(new AbortController().signal);
      if (confirm && !(await confirm())) failed.push(`${name}: did not take hold`);
    } catch (error) {
      failed.push(`${name}: ${String(error)}`);
    }
  }
  if (failed.length === 0) return undefined;
  return { verdict: 'inconclusive', reason: `not rolled back: ${failed.join('; ')}` };
}
