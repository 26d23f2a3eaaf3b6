import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { isAdmin } from '@film-store/core';
import { type PageFile, readPageFiles } from '../../../apps/gateway/src/control-room/page-files.ts';
import type { Stoppable } from '../stops.ts';
import { AlreadyRunning, CompareError, type Comparisons } from './compare.ts';
import { scenarios } from './scenarios.ts';

/** Allows only resources from this origin, without inline scripts and styles. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

export interface CompareServer extends Stoppable {
  /** Address of the page. */
  readonly url: string;
}

/**
 * Serves the page of comparisons on the loopback address, and starts and stops them for it. Only programs and pages of this machine
 * reach them: requests of other sites and of other host names get 403.
 * @param controlRoomUrl address of the control room, which the page links to
 */
export async function startCompareServer(
  comparisons: Comparisons,
  controlRoomUrl: string,
): Promise<CompareServer> {
  const files = new Map([...readPageFiles(), ...readPageFiles('compare')]);
  const server = createServer((request, response) => {
    void respond(request, response, { comparisons, controlRoomUrl, files });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await comparisons.close();
    },
    kill: () => comparisons.kill(),
  };
}

interface Context {
  readonly comparisons: Comparisons;
  readonly controlRoomUrl: string;
  readonly files: ReadonlyMap<string, PageFile>;
}

async function respond(request: IncomingMessage, response: ServerResponse, context: Context): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://localhost').pathname;
  if (path !== '/runs') return sendFile(path, request, response, context.files);
  const remoteAddress = request.socket.remoteAddress ?? '';
  if (!isAdmin({ remoteAddress, headers: request.headers }, undefined))
    return sendProblem(response, 403, 'Forbidden', 'Comparisons are for programs and pages of this machine.');
  const { comparisons, controlRoomUrl } = context;
  switch (request.method) {
    case 'GET':
      return send(response, 200, {
        scenarios: scenarios.map(({ name, title }) => ({ name, title })),
        controlRoomUrl,
        run: comparisons.state,
      });
    case 'POST':
      return start(request, response, comparisons);
    case 'DELETE':
      await comparisons.stop();
      response.writeHead(204).end();
      return;
    default:
      response.setHeader('allow', 'GET, POST, DELETE');
      return sendProblem(response, 405, 'Method not allowed', 'The methods are GET, POST and DELETE.');
  }
}

/** `{"scenario":"catalog-hang"}` */
async function start(
  request: IncomingMessage,
  response: ServerResponse,
  comparisons: Comparisons,
): Promise<void> {
  const body: unknown = await json(request).catch(() => undefined);
  const scenario = body && typeof body === 'object' && 'scenario' in body ? body.scenario : undefined;
  if (typeof scenario !== 'string')
    return sendProblem(response, 400, 'Validation failed', 'The body must be {"scenario":"NAME"}.');
  try {
    comparisons.start(scenario);
    return send(response, 202, { run: comparisons.state });
  } catch (error) {
    if (!(error instanceof CompareError)) throw error;
    return error instanceof AlreadyRunning
      ? sendProblem(response, 409, 'Comparison already running', error.message)
      : sendProblem(response, 400, 'Validation failed', error.message);
  }
}

function sendFile(
  path: string,
  { method }: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, PageFile>,
): void {
  const name = path === '/' ? 'compare.html' : path.replace(/^\/control-room\/(?:compare\/)?/, '');
  const file = method === 'GET' ? files.get(name) : undefined;
  if (!file) return sendProblem(response, 404, 'Not found', `There is no ${path} here.`);
  response.writeHead(200, {
    'content-type': file.type,
    'cache-control': 'no-cache',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
  });
  response.end(file.body);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

function sendProblem(response: ServerResponse, status: number, title: string, detail: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ type: 'about:blank', title, status, detail }));
}
