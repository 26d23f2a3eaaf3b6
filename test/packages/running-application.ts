import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { freePorts } from '../../deploy/local/ports.ts';

export const ADAPTERS = ['fastify', 'express'] as const;
export type Adapter = (typeof ADAPTERS)[number];

export interface UpstreamResponse {
  readonly status: number;
  readonly body: unknown;
  /** Delays the response until it settles. */
  readonly after?: Promise<unknown>;
}

/** The service that an application calls, at `UPSTREAM_URL`. */
export interface Upstream {
  /** Response to every further request; `undefined` for none. */
  response: UpstreamResponse | undefined;
  /** Responses to the next requests, before `response` applies. */
  readonly next: UpstreamResponse[];
  /** Number of requests. */
  requests: number;
}

export interface HttpResult {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed if it is JSON. */
  readonly body: unknown;
}

export interface RunningApplication {
  readonly adapter: Adapter;
  /** Its working directory. */
  readonly directory: string;
  readonly upstream: Upstream;
  /** Port of `REDIS_URL`. No process listens on it at first. */
  readonly redisPort: number;
  /** Lines on stdout, without the address. */
  readonly lines: readonly string[];
  readonly get: (path: string) => Promise<HttpResult>;
  readonly post: (
    path: string,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<HttpResult>;
  /** Sends a request, without a body if `body` is `undefined`. */
  readonly send: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<HttpResult>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a compiled application in a new process.
 * @param preloaded modules that Node loads before the application
 */
export async function start(
  directory: string,
  adapter: Adapter,
  preloaded: readonly string[] = [],
): Promise<RunningApplication> {
  const upstream: Upstream = { response: { status: 200, body: {} }, next: [], requests: 0 };
  const [redisPort] = await freePorts(1);
  const server = await serve(upstream);
  const { port } = server.address() as AddressInfo;
  const imports = preloaded.flatMap((name) => ['--import', name]);
  const child = spawn(process.execPath, [...imports, 'main.ts', adapter], {
    cwd: directory,
    env: {
      ...process.env,
      UPSTREAM_URL: `http://127.0.0.1:${port}`,
      REDIS_URL: `redis://127.0.0.1:${redisPort}`,
      OTEL_SERVICE_NAME: 'shop',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const exited = once(child, 'exit');
  const lines: string[] = [];
  const started = new Promise<string>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      if (/^http:\S+$/.test(line)) resolve(line);
      else lines.push(line);
    });
  });
  const url = await Promise.race([
    started,
    exited.then(() => {
      server.close();
      throw new Error(`the application did not start:\n${output.join('')}`);
    }),
  ]);

  const send: RunningApplication['send'] = async (method, path, body, headers) => {
    const content =
      body === undefined
        ? { headers: { ...headers } }
        : { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
    return toResult(await fetch(url + path, { method, ...content }));
  };
  return {
    adapter,
    directory,
    upstream,
    redisPort: redisPort!,
    lines,
    get: (path) => send('GET', path),
    post: (path, body, headers) => send('POST', path, body, headers),
    send,
    stop: async () => {
      child.kill();
      await exited;
      server.close();
      server.closeAllConnections();
    },
  };
}

async function serve(upstream: Upstream): Promise<Server> {
  const server = createServer((_, response) => {
    upstream.requests += 1;
    const next = upstream.next.shift() ?? upstream.response;
    if (next === undefined) return;
    const { status, body, after } = next;
    const respond = () =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    void Promise.resolve(after).then(respond, respond);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function toResult(response: Response): Promise<HttpResult> {
  const { status, headers } = response;
  const isJson = headers.get('content-type')?.includes('json') ?? false;
  return { status, headers, body: isJson ? await response.json() : await response.text() };
}
