import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { settle } from './testing.ts';
import { systemClock } from './clock.ts';

const block = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

it('after a pause of the process, reads data that has arrived before it runs due actions', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [peer] = (await once(server, 'connection')) as [Socket];
  const events: string[] = [];
  client.on('data', () => events.push('arrived'));
  // Continues in the phase of the event loop before timers and sockets.
  await settle();
  peer.write('data');
  const due = new Promise<void>((resolve) => {
    systemClock.after(1, () => {
      events.push('due');
      resolve();
    });
  });
  block(20);
  await due;
  expect(events).toEqual(['arrived', 'due']);
  client.destroy();
  server.close();
});

it('never runs a cancelled action, even if it is cancelled at the last moment', async () => {
  let ran = false;
  const cancel = systemClock.after(1, () => (ran = true));
  // A later timer for the same time runs between the timer of the action and the action.
  setTimeout(cancel, 1);
  block(5);
  await sleep(20);
  expect(ran).toBe(false);
});
