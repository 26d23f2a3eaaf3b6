import type { Benchmark, Measured } from './benchmark.ts';
import { sendAtRate } from './overload/mix.ts';
import { ours, withGateway, withSubject } from './overload/subjects.ts';

const IN_TIME_MS = 500;
/** Eight at a time, 80 ms each. */
const CAPACITY = 100;
const TIMES = [2, 5, 10];
const WARM_UP = { rps: CAPACITY / 2, seconds: 5 };
/** From the first second on: that is when a gateway has to unlearn what it knows of a catalog at ease. */
const SECONDS = 10;

export const ordersSurviveLongestBenchmark: Benchmark = {
  name: 'orders-survive-longest',
  question: 'Who is refused last when far more is asked of a gateway than catalog can do?',
  load:
    `${TIMES.join(' ×, ')} × what a catalog of 8 × 80 ms at a time can do, through a gateway, open loop, 5 % orders, ` +
    `the others reads of distinct lists; at ease first, ${SECONDS} s each; good is a 2xx within ${IN_TIME_MS} ms of ` +
    'when the request was due',
  run: async (tell) =>
    withSubject(ours, (catalog) =>
      withGateway(catalog, async (gateway) => {
        const url = `${gateway}/api`;
        const measured: Measured[] = [];
        for (const times of TIMES) {
          tell(`${times} × the capacity`);
          await sendAtRate(url, WARM_UP);
          const results = await sendAtRate(url, { rps: CAPACITY * times, seconds: SECONDS });
          const orders = results.filter(({ priority }) => priority === 'critical');
          const good = results.filter(({ done, ms }) => done && ms <= IN_TIME_MS).length / SECONDS;
          measured.push(
            {
              name: `orders done at ${times} ×`,
              unit: 'share',
              value: orders.filter(({ done }) => done).length / orders.length,
              goal: '≥ 99.9 %',
            },
            {
              name: `goodput at ${times} ×, of the capacity`,
              unit: 'share',
              value: good / CAPACITY,
              goal: '≥ 90 %',
            },
          );
        }
        return { measured };
      }),
    ),
};
