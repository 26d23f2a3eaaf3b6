import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stoppable } from '../../../deploy/local/stops.ts';

export type ReceiverMood = 'works' | 'answers 503' | 'answers garbage';

/** Takes in telemetry and forgets it, as well as it is told to. */
export interface Receiver extends Stoppable {
  readonly port: number;
  mood: ReceiverMood;
}

export async function startReceiver(): Promise<Receiver> {
  const receiver = { mood: 'works' as ReceiverMood };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const works = receiver.mood !== 'answers 503';
      response.writeHead(works ? 200 : 503, { 'content-type': 'application/json' });
      response.end(receiver.mood === 'answers garbage' ? '{"partial' : '{}');
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
