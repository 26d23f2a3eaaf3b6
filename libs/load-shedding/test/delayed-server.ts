/*
 * A server with load shedding, as a process of its own. It reports its port to its parent, and then the state of its
 * load shedder with each window of its event loop.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type EventLoopWindow, watchEventLoop } from '@film-store/core';
import { createLoadShedder } from '../src/create-load-shedder.ts';
import type { LoadShedderState } from '../src/load-shedder.ts';

export interface Report {
  readonly port: number;
  readonly window: EventLoopWindow;
  readonly state: LoadShedderState;
}

const shedder = createLoadShedder({ strategy: 'fixed', initialLimit: 1000, eventLoopDelayMs: 20 });
const eventLoop = watchEventLoop();
const server = createServer((_request, response) => {
  shedder.acquire({ priority: 'normal', deadline: Infinity }, (decision) => {
    if (!decision.admitted) {
      response.writeHead(503).end();
      return;
    }
    const { permit } = decision;
    setTimeout(() => {
      response.end();
      permit.release('success', 5);
    }, 5);
  });
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  let last: EventLoopWindow | undefined;
  const report = (): void => {
    const window = eventLoop.read();
    if (window !== last) process.send?.({ port, window, state: shedder.describe() } satisfies Report);
    last = window;
  };
  report();
  setInterval(report, 100);
});
process.on('disconnect', () => process.exit());
