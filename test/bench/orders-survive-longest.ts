import type { Benchmark, Measured } from './benchmark.ts';
import { sendAtRate } from './overload/mix.ts';
import { ours, withGateway, withSubject } from './overload/subjects.ts';

const IN_TIME_MS = 500;
/** Eight at a time, 80 ms each. */
const CAPACITY = 100;
const TIMES = [2, 5, 10];
const WARM_UP = { rps: CAPACITY / 2, seconds: 5 };
/** Measures from the first second on, while the gateway still adapts to the new latency of catalog. */
const SECONDS = 10;

export const ordersSurviveLongestBenchmark: Benchmark = {
  name: 'orders-survive-longest',
  question: 'Which requests survive when the load far exceeds the capacity of catalog?',
  load:
    `${TIMES.join(' ×, ')} × the capacity of a catalog of 8 × 80 ms at a time, through a gateway, open loop, 5 % orders, ` +
    `the others reads of distinct lists; a low load first, ${SECONDS} s each; good is a 2xx within ${IN_TIME_MS} ms of ` +
    'when the request was due',
  run: async (report) =>
    withSubject(ours, (catalog) =>
      withGateway(catalog, async (gateway) => {
        const url = `${gateway}/api`;
        const measured: Measured[] = [];
        for (const times of TIMES) {
          report(`${times} × the capacity`);
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
