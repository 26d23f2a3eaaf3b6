import { once } from 'node:events';
import { type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trackResponses } from './open-responses.ts';

let server: Server;
let responses: ServerResponse[];
let closed: ServerResponse[];
let warnings: Error[];
const onWarning = (warning: Error): void => void warnings.push(warning);

beforeEach(async () => {
  responses = [];
  closed = [];
  warnings = [];
  process.on('warning', onWarning);
  server = createServer((_request, response) => {
    responses.push(response);
    response.once('close', () => closed.push(response));
  });
  trackResponses(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  process.off('warning', onWarning);
  server.closeAllConnections();
  server.close();
});

const read = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';
const connectRequest = 'CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n';

/** Sends `text` in one write. */
const send = async (text: string) => {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined).resume();
  socket.write(text);
  await expect.poll(() => responses.length).toBeGreaterThan(0);
  return socket;
};

describe('each pipelined response emits close once', () => {
  it('when a CONNECT follows the requests', async () => {
    await send(read.repeat(20) + connectRequest);
    await expect.poll(() => closed.length).toBe(20);
    expect(new Set(closed)).toEqual(new Set(responses));
    expect(warnings).toEqual([]);
  });

  it('when the client leaves', async () => {
    const client = await send(read.repeat(20));
    client.destroy();
    await expect.poll(() => closed.length).toBe(20);
    expect(new Set(closed)).toEqual(new Set(responses));
  });

  it('when all responses are sent', async () => {
    const client = await send(read.repeat(20));
    await expect.poll(() => responses.length).toBe(20);
    for (const response of responses) response.end();
    await expect.poll(() => closed.length).toBe(20);
    client.destroy();
    await expect
      .poll(async () => new Promise((resolve) => server.getConnections((_, n) => resolve(n))))
      .toBe(0);
    expect(closed).toHaveLength(20);
  });
});

it('closes idle connections only when no response is being written', async () => {
  const SIZE = 32 * 2 ** 20;
  const client = await send(read);
  let received = 0;
  client.pause().on('data', (chunk: Buffer) => (received += chunk.length));
  responses[0]?.end(Buffer.alloc(SIZE));
  server.closeIdleConnections();
  client.resume();
  await expect.poll(() => closed).toHaveLength(1);
  await expect.poll(() => received).toBeGreaterThan(SIZE);
  server.closeIdleConnections();
  await once(client, 'close');
});
