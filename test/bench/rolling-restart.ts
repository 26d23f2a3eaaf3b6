import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { productIndex, productPage } from '@film-store/contracts';
import { atConstantRate } from '../load/open-loop.ts';
import type { Benchmark } from './benchmark.ts';
import { type Status, followReadiness } from './ready-gateways.ts';
import { withReplicas } from './replicas.ts';

const RPS = 50;
/** Longer than the restarts, which end the load. */
const LONGEST_S = 600;
const BETWEEN_MS = 2000;
/** Some polls of readiness, so that balancers have left before the service stops accepting. */
const DRAIN_WAIT_MS = '1000';

/** Films with so much stock that no order is rejected. */
const FILMS = 100;
const ENOUGH = 20;

/** Twenty requests: nine are for home, ten for a product, and one is an order. */
const kinds = ['home', 'product', 'order'] as const;
const toKind = (nth: number): (typeof kinds)[number] =>
  nth % 20 === 19 ? 'order' : nth % 2 === 0 ? 'product' : 'home';

export const rollingRestartBenchmark: Benchmark = {
  name: 'rolling-restart',
  question: 'What does a client notice of a rolling restart?',
  load: `${RPS} requests/s (45 % home, 50 % product pages, 5 % orders) to two gateways while two instances of each service on PostgreSQL restarts in turn`,
  run: (report) =>
    withReplicas({ DRAIN_WAIT_MS }, async ({ all, gateways }) => {
      const films = await filmsToSell(gateways[0]!.url);
      const client = followReadiness(gateways);
      const responses: { at: number; kind: (typeof kinds)[number]; status: Status; degraded: boolean }[] = [];
      const began = performance.now();
      const done = new AbortController();
      const send = (kind: (typeof kinds)[number], film: string) => {
        if (kind === 'home') return client.send('/api/home');
        if (kind === 'product') return client.send(`/api/products/${film}`);
        const body = JSON.stringify({ items: [{ productId: film, quantity: 1 }] });
        return client.send('/api/orders', { key: randomUUID(), body });
      };
      const load = atConstantRate(
        { rps: RPS, seconds: LONGEST_S },
        async (nth) => {
          const kind = toKind(nth);
          const at = (performance.now() - began) / 1000;
          // Every twentieth request is an order, each time for another film.
          const film = films[(nth + Math.floor(nth / 20)) % films.length]!;
          responses.push({ at, kind, ...(await send(kind, film)) });
        },
        done.signal,
      );

      const restarts: { name: string; code: number | null; restartedMs: number }[] = [];
      for (const replica of all) {
        await sleep(BETWEEN_MS);
        report(`restarting ${replica.name}`);
        restarts.push({ name: replica.name, ...(await replica.restart()) });
      }
      await sleep(BETWEEN_MS);
      done.abort();
      await load;
      await client.stop();

      const failed = responses.filter(({ status }) => status !== 200 && status !== 201);
      for (const { at, kind, status } of failed) report(`${kind} at ${at.toFixed(1)} s: ${status}\n`);
      const degraded = responses.filter((response) => response.degraded).length;
      return {
        measured: [
          { name: 'requests', unit: 'count', value: responses.length },
          { name: 'failed', unit: 'count', value: failed.length, goal: '≤ 0' },
          { name: 'degraded', unit: 'share', value: degraded / responses.length },
          {
            name: 'processes with an exit code other than 0',
            unit: 'count',
            value: restarts.filter(({ code }) => code !== 0).length,
            goal: '≤ 0',
          },
        ],
        plots: [
          {
            title: 'A rolling restart',
            x: 's',
            y: 'requests of the second',
            series: [
              {
                name: 'succeeded',
                points: perSecond(responses.filter((response) => !failed.includes(response))),
              },
              { name: 'failed', points: perSecond(failed) },
            ],
          },
        ],
      };
    }),
};

async function filmsToSell(gateway: string): Promise<string[]> {
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T> =>
    schema.parse(await (await fetch(gateway + path)).json());
  const { items } = await get(`/api/products?limit=${FILMS}`, productIndex);
  const films: string[] = [];
  for (const { id } of items) {
    const { availability } = await get(`/api/products/${id}`, productPage);
    if (availability.quantity >= ENOUGH) films.push(id);
  }
  return films;
}

function perSecond(responses: readonly { readonly at: number }[]): (readonly [number, number])[] {
  const counts = new Map<number, number>();
  for (const { at } of responses) counts.set(Math.floor(at), (counts.get(Math.floor(at)) ?? 0) + 1);
  return [...counts].toSorted(([one], [other]) => one - other);
}
