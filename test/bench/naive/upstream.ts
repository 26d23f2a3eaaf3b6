import { once } from 'node:events';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An upstream on a real socket that counts its open requests. */
export interface Upstream {
  readonly url: string;
  /** Replaces the responses from now on. */
  respond(listener: RequestListener): void;
  /** Most requests that were open at the same time so far. */
  mostOpen(): number;
  stop(): Promise<void>;
}

export async function startUpstream(first: RequestListener): Promise<Upstream> {
  let listener = first;
  let open = 0;
  let mostOpen = 0;
  const server = createServer((request, response) => {
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    response.on('close', () => void (open -= 1));
    listener(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    respond: (next) => void (listener = next),
    mostOpen: () => mostOpen,
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
