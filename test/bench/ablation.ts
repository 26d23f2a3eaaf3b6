import type { Cell } from './ablation/cell.ts';
import { type Subject, defenses, isRepeat, pairs, subjects } from './ablation/defenses.ts';
import { countFalseEffects, findEffects, findUseless } from './ablation/effects.ts';
import { OVERLOAD, faultNames, upstreamFaults } from './ablation/faults.ts';
import { listFaults, toHeatMap } from './ablation/heat-map.ts';
import { PAGE_PATIENCE_MS } from './ablation/load.ts';
import { UPSTREAM_LOAD, measureFault } from './ablation/measure-fault.ts';
import { OVERLOAD_LOAD, measureOverload } from './ablation/measure-overload.ts';
import type { Benchmark, BenchmarkOptions, Measured, Outcome } from './benchmark.ts';
import { median } from './median.ts';
import { readRecorded } from './result.ts';

/** Part of the map. */
interface Selection {
  readonly subjects: readonly Subject[];
  readonly faults: readonly string[];
  /** True if all subjects are measured, so that the result of these faults can be recorded. */
  readonly complete: boolean;
}

/** @throws Error for an unknown defense or fault */
export function select(only = '/'): Selection {
  const [defense = '', fault = ''] = only.split('/');
  const names = subjects.map(({ name }) => name);
  if (defense !== '' && !names.includes(defense)) throw unknown('defense', defense, names);
  if (fault !== '' && !faultNames.includes(fault)) throw unknown('fault', fault, faultNames);
  const singles: readonly string[] = defense.split('+');
  return {
    subjects:
      defense === ''
        ? subjects
        : subjects.filter(
            ({ name }) =>
              isRepeat(name) ||
              ['off', 'naive', defense].includes(name) ||
              (defense.includes('+') && singles.includes(name)),
          ),
    faults: fault === '' ? faultNames : [fault],
    complete: defense === '',
  };
}

const unknown = (kind: string, name: string, known: readonly string[]): Error =>
  new Error(`there is no ${kind} ${name}; known: ${known.join(', ')}`);

/** Under overload only pairs that limit load are measured: a few subjects run at a time. */
const underOverload = ({ name }: Subject): boolean =>
  !pairs.some((pair) => pair.join('+') === name && !pair.includes('load-shedding'));

async function measureCells(
  { subjects: chosen, faults }: Selection,
  { seed, rounds }: Pick<BenchmarkOptions, 'seed' | 'rounds'>,
  report: (progress: string) => void,
): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (let round = 1; round <= rounds; round++)
    for (const [index, name] of faults.entries()) {
      const prefix = `round ${round} of ${rounds}, fault ${index + 1} of ${faults.length}, `;
      const run = {
        subjects: chosen,
        seed: seed + round - 1,
        round,
        report: (progress: string) => report((prefix + progress).padEnd(100)),
      };
      const fault = upstreamFaults.find((each) => each.name === name);
      cells.push(
        ...(fault
          ? await measureFault(fault, { ...run, load: UPSTREAM_LOAD })
          : await measureOverload({ ...run, subjects: chosen.filter(underOverload) })),
      );
    }
  return cells;
}

/** The recorded cells of other faults. */
const readOthers = (faults: readonly string[]): readonly Cell[] =>
  (readRecorded('ablation')?.cells ?? []).filter(
    ({ fault }) => faultNames.includes(fault) && !faults.includes(fault),
  );

const inOrder = (cells: readonly Cell[]): Cell[] =>
  cells.toSorted((a, b) => faultNames.indexOf(a.fault) - faultNames.indexOf(b.fault));

/** Prints each cell with an effect, and the command that measures it again. */
function printCells(cells: readonly Cell[], seed: number): void {
  const { faults, rows } = toHeatMap(cells);
  for (const { defense, cells: own } of rows)
    for (const [index, { kind, text }] of own.entries())
      if (kind !== 'none')
        console.log(
          `  ${kind.padEnd(5)}  npm run bench -- ablation --only ${defense}/${faults[index]} --seed ${seed}\n         ${text}`,
        );
}

/** Returns the figures of the cells: pages lost under each fault, and the quality of the comparison. */
export function summarize(cells: readonly Cell[]): Outcome {
  const lost = (fault: string, name: string, matches: (subject: string) => boolean): Measured => ({
    name: `${fault}: pages lost, ${name}`,
    unit: 'share',
    value: median(
      cells
        .filter((cell) => cell.fault === fault && matches(cell.subject))
        .map(({ figures }) => figures.lost),
    ),
  });
  const effects = listFaults(cells).flatMap((fault) =>
    defenses.flatMap(({ name }) => findEffects(cells, fault, name)),
  );
  const { found, compared } = countFalseEffects(cells);
  const useless = findUseless(cells, effects);
  return {
    measured: [
      ...listFaults(cells).flatMap((fault) => [
        lost(fault, 'everything on', isRepeat),
        lost(fault, 'everything off', (subject) => subject === 'off'),
        lost(fault, 'naive with 3 retries', (subject) => subject === 'naive'),
      ]),
      { name: 'effects of single defenses', unit: 'count', value: effects.length },
      { name: 'false effects between repeats, of all comparisons', unit: 'share', value: found / compared },
      {
        name: `defenses that improve no figure${useless.length > 0 ? `: ${useless.join(', ')}` : ''}`,
        unit: 'count',
        value: useless.length,
      },
    ],
    cells,
  };
}

/** One defense off in turn, under one fault after another. */
export const ablationBenchmark: Benchmark = {
  name: 'ablation',
  question: 'What is each defense worth under each fault?',
  load:
    'Each gateway has a process of its own. All get the same requests at the same times: 9 of 10 for product pages, one an order. ' +
    `${UPSTREAM_LOAD.rps}/s; the fault lasts ${UPSTREAM_LOAD.faultS} s, the recovery is observed for ${UPSTREAM_LOAD.recoveryS} s; ` +
    `up to 14 gateways side by side. ${OVERLOAD}: ${OVERLOAD_LOAD.overloadRps}/s for ${OVERLOAD_LOAD.faultS} s on a catalog of 100 calls/s, two side by side. ` +
    `A page is lost if it fails or takes over ${PAGE_PATIENCE_MS / 1000} s. A client tries an order three times`,
  async run(report, options) {
    const selection = select(options.only);
    if (options.record && !selection.complete)
      throw new Error(
        'a result with some of the defenses is not recorded: leave out --only, or give --only /FAULT',
      );
    const cells = await measureCells(selection, options, report);
    printCells(cells, options.seed);
    return summarize(inOrder(options.record ? [...readOthers(selection.faults), ...cells] : cells));
  },
};
