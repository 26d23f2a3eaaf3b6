import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

export const ADAPTERS = ['fastify', 'express'] as const;
export type Adapter = (typeof ADAPTERS)[number];

/** The service that an application calls, at `UPSTREAM_URL`. */
export interface Upstream {
  /** How it responds to every request from now on. */
  response: { readonly status: number; readonly body: unknown };
}

export interface HttpResult {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

export interface RunningApplication {
  readonly upstream: Upstream;
  readonly get: (path: string) => Promise<HttpResult>;
  readonly post: (
    path: string,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<HttpResult>;
  readonly stop: () => Promise<void>;
}

/** Starts a compiled application in a process of its own. */
export async function start(directory: string, adapter: Adapter): Promise<RunningApplication> {
  const upstream: Upstream = { response: { status: 200, body: {} } };
  const server = await serve(upstream);
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, ['main.ts', adapter], {
    cwd: directory,
    env: { ...process.env, UPSTREAM_URL: `http://127.0.0.1:${port}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const url = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    exited.then(() => {
      server.close();
      throw new Error(`the application did not start:\n${output.join('')}`);
    }),
  ]);

  const send = async (path: string, init?: RequestInit) => toResult(await fetch(url + path, init));
  return {
    upstream,
    get: (path) => send(path),
    post: (path, body, headers) =>
      send(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    stop: async () => {
      child.kill();
      await exited;
      server.close();
    },
  };
}

async function serve(upstream: Upstream): Promise<Server> {
  const server = createServer((_, response) => {
    const { status, body } = upstream.response;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
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
