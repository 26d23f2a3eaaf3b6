import { mkdirSync, writeFileSync } from 'node:fs';
import type { Measured } from '../bench/benchmark.ts';
import { renderPage } from '../bench/page.ts';
import { toPlots } from '../chaos/store/timeline.ts';
import { environmentInfo } from '../support/environment-info.ts';
import { causes } from './causes.ts';
import type { Game } from './game.ts';
import { type Outcome, toScore } from './score.ts';

const SECOND = 1000;

/** Formats a fraction of a budget, such as `1.52 %`. */
export const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;

/** Writes the timeline, the plots and the score as a page. Returns its path. */
export function writeReport(game: Game, outcome: Outcome, folder: string): string {
  const { schedule, traffic, breakers, events, times } = game;
  const { hidden, named, restoredMs, burns, harm } = outcome;
  const score = toScore(outcome);
  const lastVisit = traffic.visits.at(-1)?.at ?? times.from;
  const faults = hidden.map((name) => ({
    name,
    from: times.fault ?? lastVisit,
    to: times.restored ?? lastVisit,
  }));
  const measured: Measured[] = [
    { name: 'points, of 100', unit: 'count', value: score.points },
    ...(restoredMs === undefined
      ? []
      : [{ name: 'time to mitigation', unit: 's' as const, value: restoredMs / SECOND }]),
    ...burns.map(({ objective, burnt }) => ({
      name: `error budget of 30 days used: ${objective}`,
      unit: 'share' as const,
      value: burnt,
    })),
    { name: 'harm done', unit: 'count', value: harm.length },
  ];
  const timeline = [
    ...(times.fault === undefined ? [] : [{ at: times.fault, what: `fault: ${hidden.join(' + ')}` }]),
    ...(times.restored === undefined
      ? []
      : [{ at: times.restored, what: 'no alert fires, and pages are complete' }]),
    ...events,
  ].toSorted((a, b) => a.at - b.at);
  const page = renderPage(
    [
      {
        name: `seed-${schedule.seed}`,
        question: hidden.map((name) => causes[name]?.title ?? name).join('. '),
        load: `seed ${schedule.seed}; ${traffic.visits.length} reads and ${traffic.receipts().length} orders`,
        ...environmentInfo(),
        measured,
        plots: toPlots(traffic.visits, faults, breakers.faultPeriods),
        tables: [
          {
            title: 'Timeline',
            columns: ['seconds after the fault', 'event'],
            rows: timeline.map(({ at, what }) => [
              ((at - (times.fault ?? times.from)) / SECOND).toFixed(1),
              what,
            ]),
          },
          {
            title: 'Judgement',
            columns: ['', ''],
            rows: [
              ['causes', hidden.join(' + ')],
              ['found', score.found ? 'yes' : 'no'],
              ['restored', restoredMs === undefined ? 'no' : 'yes'],
              ...named.map((names, nth) => [`named, ${nth + 1}`, names.join(' + ')]),
              ...harm.map((each) => ['harm', each]),
            ],
          },
        ],
      },
    ],
    { title: 'Game day', text: 'A hidden fault, and what the player did about it.' },
  );
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/index.html`;
  writeFileSync(path, page);
  return path;
}
