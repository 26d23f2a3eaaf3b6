import { once } from 'node:events';
import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '@film-store/core/testing';
import { eventually } from '../../test/support/eventually.ts';
import { type TcpProxy, startTcpProxy } from './tcp-proxy.ts';

/** A server that answers every request with `<request>`, and says what it has heard. */
async function startServer() {
  const sockets = new Set<Socket>();
  let heard = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      heard += data.toString();
      socket.write(`<${data.toString()}>`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    heard: () => heard,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** A client that keeps all it is told, and how the connection ended. */
function visit(port: number) {
  const socket = connect(port, '127.0.0.1');
  let told = '';
  let ending: string | undefined;
  socket.on('data', (data) => (told += data.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => (ending = error.code));
  socket.on('close', () => (ending ??= 'closed'));
  return { socket, say: (text: string) => socket.write(text), told: () => told, ending: () => ending };
}

describe('a TCP proxy', () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  let proxy: TcpProxy;
  let clock: VirtualClock;
  const visits: ReturnType<typeof visit>[] = [];
  const arrive = () => {
    const visitor = visit(proxy.port);
    visits.push(visitor);
    return visitor;
  };
  /** Has been answered once, so that the connection stands. */
  const settled = async () => {
    const visitor = arrive();
    visitor.say('hello');
    await eventually(() => expect(visitor.told()).toBe('<hello>'));
    return visitor;
  };
  beforeEach(async () => {
    server = await startServer();
    clock = new VirtualClock();
    proxy = await startTcpProxy(server.port, clock);
  });
  afterEach(async () => {
    for (const { socket } of visits.splice(0)) socket.destroy();
    await proxy.stop();
    server.stop();
  });

  it('passes on what both sides say, and that one is done', async () => {
    const visitor = await settled();
    visitor.socket.end('bye');
    await eventually(() => expect(visitor.ending()).toBe('closed'));
    expect(visitor.told()).toBe('<hello><bye>');
    expect(proxy.ended).toBe(0);
  });

  it('holds back by the latency, to the millisecond, and keeps the order', async () => {
    const visitor = await settled();
    proxy.set({ request: { kind: 'latency', ms: 100 } });
    visitor.say('a');
    await eventually(() => expect(clock.armed).toBe(1));
    clock.advance(99);
    expect(server.heard()).toBe('hello');
    clock.advance(1);
    await eventually(() => expect(visitor.told()).toBe('<hello><a>'));
  });

  it('lets the next bytes wait while a narrow line is busy with the last', async () => {
    const visitor = await settled();
    proxy.set({ request: { kind: 'bandwidth', bytesPerSecond: 10 } });
    visitor.say('12345');
    await eventually(() => expect(clock.armed).toBe(1));
    visitor.say('6');
    clock.advance(499);
    await eventually(() => expect(server.heard()).toBe('hello12345'));
    clock.advance(1);
    await eventually(() => expect(server.heard()).toBe('hello123456'));
  });

  it('cuts the reply after so many bytes, though the request was heard', async () => {
    const visitor = await settled();
    proxy.set({ reply: { kind: 'cut', afterBytes: 3 } });
    visitor.say('order');
    await eventually(() => expect(visitor.ending()).toBe('closed'));
    expect(visitor.told()).toBe('<hello><or');
    expect(server.heard()).toBe('helloorder');
    expect(proxy.ended).toBe(1);
  });

  it('cuts the request before the server has heard all of it', async () => {
    const visitor = await settled();
    proxy.set({ request: { kind: 'cut', afterBytes: 2 } });
    visitor.say('order');
    await eventually(() => expect(visitor.ending()).toBeDefined());
    await eventually(() => expect(server.heard()).toBe('helloor'));
  });

  it('swallows everything in a black hole, and gives it back when that is over', async () => {
    const visitor = await settled();
    proxy.set({ request: { kind: 'black-hole' } });
    visitor.say('order');
    const other = arrive();
    other.say('me too');
    await once(other.socket, 'connect');
    expect(server.heard()).toBe('hello');
    proxy.clear();
    await eventually(() => expect(visitor.told()).toBe('<hello><order>'));
    await eventually(() => expect(other.told()).toBe('<me too>'));
  });

  it('delivers what a client sent that has left meanwhile', async () => {
    const visitor = await settled();
    proxy.set({ request: { kind: 'black-hole' } });
    visitor.say('order');
    visitor.socket.destroy();
    await once(visitor.socket, 'close');
    proxy.clear();
    await eventually(() => expect(server.heard()).toBe('helloorder'));
  });

  it('resets connections', async () => {
    const visitor = await settled();
    proxy.set({ reply: { kind: 'reset' } });
    visitor.say('order');
    await eventually(() => expect(visitor.ending()).toBe('ECONNRESET'));
    expect(server.heard()).toBe('helloorder');
  });

  it('is healthy again once cleared', async () => {
    proxy.set({ reply: { kind: 'cut', afterBytes: 0 } });
    proxy.clear();
    expect((await settled()).ending()).toBeUndefined();
  });

  it('ends the connection where there is no server', async () => {
    server.stop();
    const visitor = arrive();
    await eventually(() => expect(visitor.ending()).toBeDefined());
  });

  it('ends what there is when it is stopped, and can be stopped twice', async () => {
    const visitor = await settled();
    await Promise.all([proxy.stop(), proxy.stop()]);
    await eventually(() => expect(visitor.ending()).toBe('closed'));
    await expect(proxy.stop()).resolves.toBeUndefined();
  });
});
