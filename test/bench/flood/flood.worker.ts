import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { Client } from 'undici';

export interface Flood {
  readonly url: string;
  readonly path: string;
  readonly connections: number;
}

export type FloodResults = Readonly<Record<number, number>>;

/** Sends the next request on each connection as soon as the last response is complete, until a message arrives. */
const { url, path, connections } = workerData as Flood;
const end = new AbortController();
const results: Record<number, number> = {};
const sendUntilEnd = async (): Promise<void> => {
  const client = new Client(url);
  while (!end.signal.aborted) {
    const { statusCode, body } = await client.request({ method: 'GET', path });
    await body.dump();
    results[statusCode] = (results[statusCode] ?? 0) + 1;
  }
  await client.destroy();
};
const sent = Promise.all(Array.from({ length: connections }, sendUntilEnd));
await once(parentPort!, 'message');
end.abort();
await sent;
parentPort!.postMessage(results, []);
