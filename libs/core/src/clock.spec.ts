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

it('after a pause of the process, what arrived in it is read before anything is due', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [peer] = (await once(server, 'connection')) as [Socket];
  const seen: string[] = [];
  client.on('data', () => seen.push('arrived'));
  // The phase of the event loop that timers come after, and sockets after those.
  await settle();
  peer.write('answer');
  const due = new Promise<void>((resolve) => {
    systemClock.after(1, () => {
      seen.push('due');
      resolve();
    });
  });
  block(20);
  await due;
  expect(seen).toEqual(['arrived', 'due']);
  client.destroy();
  server.close();
});

it('what is cancelled never runs, not even at the last moment', async () => {
  let ran = false;
  const cancel = systemClock.after(1, () => (ran = true));
  // Armed later for the same time, so that it runs between the timer and what the timer is for.
  setTimeout(cancel, 1);
  block(5);
  await sleep(20);
  expect(ran).toBe(false);
});
