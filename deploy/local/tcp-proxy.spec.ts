import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '@film-store/core/testing';
import { eventually } from '../../test/support/eventually.ts';
import { type TcpProxy, startTcpProxy } from './tcp-proxy.ts';

/** Starts a server that replies `<request>` to every request, and records the requests. */
async function startServer() {
  const sockets = new Set<Socket>();
  let received = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      received += data.toString();
      socket.write(`<${data.toString()}>`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    received: () => received,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Starts a client that records its replies and the end of its connection. */
function startClient(port: number) {
  const socket = connect(port, '127.0.0.1');
  let replies = '';
  let ending: string | undefined;
  socket.on('data', (data) => (replies += data.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => (ending = error.code));
  socket.on('close', () => (ending ??= 'closed'));
  return { socket, send: (text: string) => socket.write(text), replies: () => replies, ending: () => ending };
}

describe('a TCP proxy', () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  let proxy: TcpProxy;
  let clock: VirtualClock;
  const clients: ReturnType<typeof startClient>[] = [];
  const openClient = () => {
    const client = startClient(proxy.port);
    clients.push(client);
    return client;
  };
  /** Opens a client and waits for its first reply, so that it is connected. */
  const connectClient = async () => {
    const client = openClient();
    client.send('hello');
    await eventually(() => expect(client.replies()).toBe('<hello>'));
    return client;
  };
  beforeEach(async () => {
    server = await startServer();
    clock = new VirtualClock();
    proxy = await startTcpProxy(server.port, clock);
  });
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await proxy.stop();
    server.stop();
  });

  it('forwards the bytes of both sides, and the end of one', async () => {
    const client = await connectClient();
    client.socket.end('bye');
    await eventually(() => expect(client.ending()).toBe('closed'));
    expect(client.replies()).toBe('<hello><bye>');
    expect(proxy.ended).toBe(0);
  });

  it('delays by exactly the latency, and keeps the order', async () => {
    const client = await connectClient();
    proxy.set({ request: { kind: 'latency', ms: 100 } });
    client.send('a');
    await eventually(() => expect(clock.armed).toBe(1));
    clock.advance(99);
    expect(server.received()).toBe('hello');
    clock.advance(1);
    await eventually(() => expect(client.replies()).toBe('<hello><a>'));
  });

  it('delays the next bytes while the bandwidth is in use', async () => {
    const client = await connectClient();
    proxy.set({ request: { kind: 'bandwidth', bytesPerSecond: 10 } });
    client.send('12345');
    await eventually(() => expect(clock.armed).toBe(1));
    client.send('6');
    clock.advance(499);
    await eventually(() => expect(server.received()).toBe('hello12345'));
    clock.advance(1);
    await eventually(() => expect(server.received()).toBe('hello123456'));
  });

  it('cuts the reply after the given bytes, although the server received the request', async () => {
    const client = await connectClient();
    proxy.set({ reply: { kind: 'cut', afterBytes: 3 } });
    client.send('order');
    await eventually(() => expect(client.ending()).toBe('closed'));
    expect(client.replies()).toBe('<hello><or');
    expect(server.received()).toBe('helloorder');
    expect(proxy.ended).toBe(1);
  });

  it('cuts the request before the server has received all of it', async () => {
    const client = await connectClient();
    proxy.set({ request: { kind: 'cut', afterBytes: 2 } });
    client.send('order');
    await eventually(() => expect(client.ending()).toBeDefined());
    await eventually(() => expect(server.received()).toBe('helloor'));
  });

  it('holds all bytes in a black hole, and delivers them after it', async () => {
    const client = await connectClient();
    proxy.set({ request: { kind: 'black-hole' } });
    client.send('order');
    const other = openClient();
    other.send('me too');
    await once(other.socket, 'connect');
    expect(server.received()).toBe('hello');
    proxy.clear();
    await eventually(() => expect(client.replies()).toBe('<hello><order>'));
    await eventually(() => expect(other.replies()).toBe('<me too>'));
  });

  it('delivers the bytes of a client that has disconnected', async () => {
    const client = await connectClient();
    proxy.set({ request: { kind: 'black-hole' } });
    client.send('order');
    client.socket.destroy();
    await once(client.socket, 'close');
    proxy.clear();
    await eventually(() => expect(server.received()).toBe('helloorder'));
  });

  it('resets connections', async () => {
    const client = await connectClient();
    proxy.set({ reply: { kind: 'reset' } });
    client.send('order');
    await eventually(() => expect(client.ending()).toBe('ECONNRESET'));
    expect(server.received()).toBe('helloorder');
  });

  it('is healthy again after it is cleared', async () => {
    proxy.set({ reply: { kind: 'cut', afterBytes: 0 } });
    proxy.clear();
    expect((await connectClient()).ending()).toBeUndefined();
  });

  it('ends the connection without a server', async () => {
    server.stop();
    const client = openClient();
    await eventually(() => expect(client.ending()).toBeDefined());
  });

  it('ends all connections when it is stopped, also when called twice', async () => {
    const client = await connectClient();
    await Promise.all([proxy.stop(), proxy.stop()]);
    await eventually(() => expect(client.ending()).toBe('closed'));
    await expect(proxy.stop()).resolves.toBeUndefined();
  });
});
