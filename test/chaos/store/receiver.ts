import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stoppable } from '../../../deploy/local/stops.ts';

export type ReceiverMood = 'works' | 'responds with 503' | 'sends garbage';

/** Receives telemetry and discards it, in the current mood. */
export interface Receiver extends Stoppable {
  readonly port: number;
  mood: ReceiverMood;
}

export async function startReceiver(): Promise<Receiver> {
  const receiver = { mood: 'works' as ReceiverMood };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const works = receiver.mood !== 'responds with 503';
      response.writeHead(works ? 200 : 503, { 'content-type': 'application/json' });
      response.end(receiver.mood === 'sends garbage' ? '{"partial' : '{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(receiver, {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  });
}
