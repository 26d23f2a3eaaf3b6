import { createProgress } from '../progress.ts';
import type { ScaleFigure, ScaleStore } from '../store.ts';
import { findLastPosition } from './positions.ts';
import { type Subject, toMemoryFigure } from './subject.ts';

/** Measures a process that starts without files, until it has a model and has counted all orders. */
export async function readAll({ database, report }: ScaleStore, subject: Subject): Promise<ScaleFigure[]> {
  const orders = await findLastPosition(database);
  await subject.waitFor(({ cursor }) => cursor !== undefined);
  // The first period was that of the modules.
  await subject.readUsage('reset');
  let readyMs: number | undefined;
  const progress = createProgress(report, 'recommendations: orders counted', orders);
  await subject.waitFor(
    ({ version, cursor = 0 }) => {
      if (version !== undefined) readyMs ??= subject.age();
      return readyMs !== undefined && cursor >= orders;
    },
    ({ cursor = 0 }) => progress(cursor),
  );
  const countedMs = subject.age();
  const { delayP99Ms, delayMaxMs, peakMiB } = await subject.readUsage();
  return [
    { plot: 'Start of recommendations', name: 'ready without files', unit: 's', value: readyMs! / 1000 },
    { plot: 'Start of recommendations', name: 'all orders counted', unit: 's', value: countedMs / 1000 },
    {
      plot: 'Event loop of recommendations',
      name: 'p99 of the loop delay, first read',
      unit: 'ms',
      value: delayP99Ms,
      goal: '≤ 50',
    },
    {
      plot: 'Event loop of recommendations',
      name: 'longest pause, first read',
      unit: 'ms',
      value: delayMaxMs,
    },
    toMemoryFigure(subject, 'first read', peakMiB),
  ];
}
