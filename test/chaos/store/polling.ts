import { connect } from 'node:net';
import type { Fault } from '@film-store/fault-injection';
import { respondsOk } from '../../../deploy/local/readiness.ts';
import { respondsToPing } from '../../../deploy/local/redis.ts';
import { fetchMetrics, sumSeries } from './call-counts.ts';
import { type ChaosStore, findLink } from './start-store.ts';

/** Counts the injected faults so far: an injection proves that a fault is active. */
export const countInjectedFaults =
  (store: ChaosStore, faults: readonly { readonly service: string; readonly fault: Fault }[]) =>
  async (): Promise<number> => {
    const counts = await Promise.all(
      faults.map(async ({ service, fault: { point, kind } }) => {
        const instances = store.parts.filter(({ name }) => name === service || name === `${service}-2`);
        const texts = await Promise.all(
          instances.map(({ port }) => fetchMetrics(`http://127.0.0.1:${port}`)),
        );
        return texts.reduce(
          (sum, text) => sum + sumSeries(text, 'faults_injected_total', { point, kind }),
          0,
        );
      }),
    );
    return counts.reduce((all, some) => all + some, 0);
  };

/** Returns whether the far end of a link sends anything to a new connection within a second. */
export function respondsThrough(store: ChaosStore, to: string): Promise<boolean> {
  const { port } = findLink(store, to).proxy;
  if (to === 'redis') return respondsToPing(port);
  if (to === 'database') return acceptsSslRequest(port);
  return respondsOk(`http://127.0.0.1:${port}/health/live`);
}

/** PostgreSQL responds to an SSLRequest with one byte (PostgreSQL 15, § 55.7). */
const acceptsSslRequest = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1000 });
    const settle = (responded: boolean): void => {
      socket.destroy();
      resolve(responded);
    };
    socket.on('connect', () => socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])));
    socket.on('data', () => settle(true));
    for (const event of ['timeout', 'error', 'close']) socket.on(event, () => settle(false));
  });
