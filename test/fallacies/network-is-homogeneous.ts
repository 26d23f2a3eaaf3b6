import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { exchange } from '../fuzz/wire.ts';
import { type Stage } from './stage.ts';

/** Old clients, unusual clients, and clients of future versions. */
export function networkIsHomogeneous(stage: () => Stage): void {
  const say = (...lines: string[]) =>
    exchange(stage().port, Buffer.from(lines.join('\r\n')), { ends: false, isHead: false });

  it.each([
    ['HTTP/1.0, without a host', ['GET /api/home HTTP/1.0', '', '']],
    ['HTTP/1.0 with keep-alive', ['GET /api/home HTTP/1.0', 'Connection: keep-alive', '', '']],
    ['headers in capitals', ['GET /api/home HTTP/1.1', 'HOST: X', 'ACCEPT: APPLICATION/JSON', '', '']],
    ['line ends before the request', ['', '', 'GET /api/home HTTP/1.1', 'host: x', '', '']],
    [
      'a traceparent of a future version',
      [
        'GET /api/home HTTP/1.1',
        'host: x',
        'traceparent: cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes',
        '',
        '',
      ],
    ],
    [
      'a traceparent of an invalid version',
      ['GET /api/home HTTP/1.1', 'host: x', 'traceparent: ff-0-0-0', 'tracestate: ,,=', '', ''],
    ],
    [
      'an unsupported upgrade',
      ['GET /api/home HTTP/1.1', 'host: x', 'connection: upgrade', 'upgrade: h2c', '', ''],
    ],
    ['an expectation', ['GET /api/home HTTP/1.1', 'host: x', 'expect: 100-continue', '', '']],
  ])('%s is understood', async (_, lines) => {
    expect(await say(...lines)).toMatchObject({ status: 200 });
  });

  it('an order in chunks with another spelling of its type is accepted', async () => {
    const body = JSON.stringify({ items: [{ productId: stage().nextFilm(), quantity: 1 }] });
    const chunks = [body.slice(0, 5), body.slice(5)].flatMap((chunk) => [chunk.length.toString(16), chunk]);
    const response = await say(
      'POST /api/orders HTTP/1.1',
      'Host: x',
      'Content-Type: APPLICATION/JSON; Charset="UTF-8"',
      `IDEMPOTENCY-KEY: "${randomUUID()}"`,
      'Transfer-Encoding: chunked',
      '',
      ...chunks,
      '0',
      '',
      '',
    );
    expect(response).toMatchObject({ status: 201 });
  });

  it('HTTP/2 without TLS is rejected in HTTP/1', async () => {
    expect(await say('PRI * HTTP/2.0', '', 'SM', '', '')).toMatchObject({ status: 400 });
  });
}
