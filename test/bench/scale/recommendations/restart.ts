import { setTimeout as sleep } from 'node:timers/promises';
import type { ScaleFigure, ScaleStore } from '../store.ts';
import { findLastPosition } from './positions.ts';
import { type Subject, startSubject, toMemoryFigure } from './subject.ts';

/** Time between two requests while a model is built, in milliseconds. */
const REQUEST_INTERVAL_MS = 50;
/** Requests of more films than this one repeat. */
const FILMS = 5000;

/**
 * Measures a process that starts with its files, after one film has changed: it uses the stored model, reads all films again,
 * and builds another model while it responds.
 */
export async function measureRestart(store: ScaleStore): Promise<ScaleFigure[]> {
  const { database, report } = store;
  await database.query('update films set price = price + 1 where id = (select min(id) from films)');
  const last = await findLastPosition(database);
  report('recommendations: second start'.padEnd(72));
  const subject = await startSubject(store);
  await subject.waitFor(({ version }) => version !== undefined);
  const readyMs = subject.age();
  await subject.waitFor(({ cursor = 0 }) => cursor >= last);
  const countedMs = subject.age();
  await subject.readUsage('reset');
  report('recommendations: second model'.padEnd(72));
  const served = await respondWhile(store, subject, () => subject.waitFor(({ version = 1 }) => version > 1));
  const { delayP99Ms, delayMaxMs, peakMiB } = await subject.readUsage();
  await subject.stop();
  return [
    {
      plot: 'Start of recommendations',
      name: 'ready with files',
      unit: 's',
      value: readyMs / 1000,
      goal: '≤ 5',
    },
    {
      plot: 'Start of recommendations',
      name: 'counts are complete, with files',
      unit: 's',
      value: countedMs / 1000,
      goal: '≤ 5',
    },
    {
      plot: 'Event loop of recommendations',
      name: 'p99 of the loop delay, second model',
      unit: 'ms',
      value: delayP99Ms,
      goal: '≤ 50',
    },
    {
      plot: 'Event loop of recommendations',
      name: 'longest pause, second model',
      unit: 'ms',
      value: delayMaxMs,
    },
    toMemoryFigure(subject, 'second model', peakMiB),
    {
      plot: 'Responses of recommendations',
      name: 'responses while a model is built',
      unit: 'share',
      value: served,
      goal: '≥ 99.9 %',
    },
  ];
}

/** Requests similar films at a constant rate during `work`. Resolves with the fraction of responses with status 200. */
async function respondWhile(
  { database }: ScaleStore,
  { url }: Subject,
  work: () => Promise<void>,
): Promise<number> {
  const { rows } = await database.query<{ id: string }>(
    'select id from films order by md5(id) desc limit $1',
    [FILMS],
  );
  const end = new AbortController();
  const statuses: Promise<number>[] = [];
  const requesting = (async () => {
    while (!end.signal.aborted) {
      const { id } = rows[statuses.length % rows.length]!;
      statuses.push(request(`${url}/recommendations?productId=${id}`));
      await sleep(REQUEST_INTERVAL_MS);
    }
  })();
  try {
    await work();
  } finally {
    end.abort();
    await requesting;
  }
  const received = await Promise.all(statuses);
  return received.filter((status) => status === 200).length / received.length;
}

/** Resolves with 0 if there is no response. */
async function request(url: string): Promise<number> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
