import { connect } from 'node:net';

/** One request on the wire, valid or invalid. */
export interface HttpRequest {
  readonly method: string;
  readonly target: string;
  /** Sent as Latin-1, in addition to `host`, `connection` and the framing of the body. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
  /** `short` and `long` announce one byte less and one more than the body has; `both` has chunks and a length. */
  readonly framing: 'length' | 'chunked' | 'short' | 'long' | 'both';
}

export interface WireResponse {
  readonly status: number;
  /** Names in lower case. A repeated header has its last value. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** The result: a response, the end of the connection without one, or nothing until the timeout. */
export type Reply = WireResponse | 'closed' | 'hangs';

/** Longer than an order may take, in milliseconds. No later response is possible. */
const BOUND_MS = 15_000;

export function toBytes({ method, target, headers, body, framing }: HttpRequest): Buffer {
  const bytes = Buffer.from(body ?? '');
  const lines = [`${method} ${target} HTTP/1.1`, 'host: fuzz', 'connection: close'];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (body === undefined) return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  const chunks = framing === 'chunked' || framing === 'both';
  if (chunks) lines.push('transfer-encoding: chunked');
  if (framing !== 'chunked') lines.push(`content-length: ${Math.max(0, bytes.length + OFF_BY[framing])}`);
  return Buffer.concat([
    Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
    ...(chunks && bytes.length > 0 ? [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes] : [bytes]),
    Buffer.from(chunks ? `${bytes.length > 0 ? '\r\n' : ''}0\r\n\r\n` : ''),
  ]);
}

const OFF_BY = { length: 0, both: 0, short: -1, long: 1 };

/**
 * Sends bytes on a new connection and waits for the first response.
 * @param ends whether to half-close the connection afterwards, which ends the wait for the rest of a request
 * @param isHead whether the response has no body
 */
export function exchange(
  port: number,
  bytes: Uint8Array,
  { ends, isHead }: { ends: boolean; isHead: boolean },
): Promise<Reply> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const received: Buffer[] = [];
    const settle = (reply: Reply): void => {
      clearTimeout(bound);
      socket.destroy();
      resolve(reply);
    };
    const bound = setTimeout(() => settle('hangs'), BOUND_MS);
    socket.on('data', (chunk: Buffer) => {
      received.push(chunk);
      const response = parseResponse(Buffer.concat(received), isHead);
      if (response) settle(response);
    });
    socket.on('end', () => settle('closed'));
    socket.on('close', () => settle('closed'));
    // `close` reports the reason.
    socket.on('error', () => undefined);
    if (ends) socket.end(bytes);
    else socket.write(bytes);
  });
}

/** Parses the first final response; `undefined` until it is complete. */
export function parseResponse(bytes: Buffer, isHead: boolean): WireResponse | undefined {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const rest = bytes.subarray(headEnd + 4);
  if (status >= 100 && status < 200) return parseResponse(rest, isHead);
  if (isHead || status === 204 || status === 304) return { status, headers, body: '' };
  const body = headers.get('transfer-encoding') === 'chunked' ? unchunk(rest) : take(rest, headers);
  return body && { status, headers, body: body.toString() };
}

function take(rest: Buffer, headers: ReadonlyMap<string, string>): Buffer | undefined {
  const length = Number(headers.get('content-length') ?? 0);
  return rest.length < length ? undefined : rest.subarray(0, length);
}

function unchunk(rest: Buffer): Buffer | undefined {
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = rest.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(rest.toString('latin1', at, lineEnd), 16);
    if (size === 0) return Buffer.concat(chunks);
    if (rest.length < lineEnd + 2 + size + 2) return undefined;
    chunks.push(rest.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

/** Returns a shell command that sends the same request: curl, unless curl cannot send it. */
export function asCommand(port: number, request: HttpRequest): string {
  const { method, target, headers, body, framing } = request;
  const texts = [target, ...headers.map(([name, value]) => `${name}: ${value}`)];
  const data = Buffer.from(body ?? '').toString('latin1');
  if (framing !== 'length' || !target.startsWith('/') || ![...texts, data].every(isPlain))
    return asBytesCommand(port, toBytes(request));
  return [
    'curl -si --globoff --path-as-is',
    method === 'HEAD' ? '--head' : `-X ${method}`,
    `'http://127.0.0.1:${port}${target}'`,
    ...texts.slice(1).map((text) => `-H '${text}'`),
    ...(body === undefined ? [] : [`--data-binary '${data}'`]),
  ].join(' ');
}

/** `%b` expands the escapes. Bash would drop a NUL. */
export const asBytesCommand = (port: number, bytes: Uint8Array): string =>
  `printf '%b' '${[...bytes].map(escaped).join('')}' | nc -N 127.0.0.1 ${port}`;

/** Visible ASCII without a meaning between single quotes. */
const isPlain = (text: string): boolean => /^[\x20-\x26\x28-\x7e]*$/.test(text);

function escaped(byte: number): string {
  const text = String.fromCharCode(byte);
  return isPlain(text) && text !== '\\' ? text : `\\x${byte.toString(16).padStart(2, '0')}`;
}
