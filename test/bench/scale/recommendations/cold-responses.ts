import { Pool } from 'undici';
import { median } from '../../median.ts';
import type { ScaleFigure, ScaleStore } from '../store.ts';
import type { Subject } from './subject.ts';

const WARM_UP = 1000;
const RESPONSES = 1000;

/** Requests similar films, one after another and each for another film, so that no response is cached. */
export async function measureColdResponses(
  { database, report }: ScaleStore,
  subject: Subject,
): Promise<ScaleFigure[]> {
  report(`recommendations: ${WARM_UP + RESPONSES} responses`.padEnd(72));
  const { rows } = await database.query<{ id: string }>('select id from films order by md5(id) limit $1', [
    WARM_UP + RESPONSES,
  ]);
  const pool = new Pool(subject.url);
  const took: number[] = [];
  const request = async (id: string): Promise<void> => {
    const began = performance.now();
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: `/recommendations?productId=${id}`,
    });
    await body.dump();
    if (statusCode !== 200) throw new Error(`status ${statusCode} for recommendations`);
    took.push(performance.now() - began);
  };
  try {
    for (const { id } of rows.slice(0, WARM_UP)) await request(id);
    took.length = 0;
    const before = await subject.readUsage();
    for (const { id } of rows.slice(WARM_UP)) await request(id);
    const after = await subject.readUsage();
    return [
      {
        plot: 'Cost of recommendations',
        name: 'CPU of a cold response',
        unit: 'ms',
        value: (after.cpuUs - before.cpuUs) / 1000 / took.length,
        goal: '≤ 3',
      },
      { plot: 'Cost of recommendations', name: 'p50 of a cold response', unit: 'ms', value: median(took) },
    ];
  } finally {
    await pool.close();
  }
}
