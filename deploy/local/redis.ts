import { accessSync, constants, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { OutputLine } from './process.ts';
import { startProgram } from './program.ts';
import { type Service, withReadiness } from './readiness.ts';

const variables = ['REDIS_URL', 'REDIS_URL_FILE', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'];
const programs = ['redis-server', 'valkey-server'];
const PING_TIMEOUT_MS = 1_000;

export type RedisChoice =
  | { readonly kind: 'configured'; readonly variable: string }
  | { readonly kind: 'own'; readonly executable: string }
  | { readonly kind: 'memory' };

/** Chooses the Redis of `env`, else a server on its PATH (Redis before Valkey), else the memory of the services. */
export function chooseRedis(env: NodeJS.ProcessEnv): RedisChoice {
  const variable = variables.find((name) => env[name]);
  if (variable) return { kind: 'configured', variable };
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const candidates = programs.flatMap((program) => folders.map((folder) => join(folder, program)));
  const executable = candidates.find(isExecutable);
  return executable ? { kind: 'own', executable } : { kind: 'memory' };
}

export interface RedisOptions {
  readonly executable: string;
  readonly port: number;
  readonly onLine?: (line: OutputLine) => void;
}

/** Starts a Redis on 127.0.0.1 without files. It ends with this process, also by SIGKILL. */
export function startRedis({ executable, port, onLine }: RedisOptions): Service {
  const settings = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: tmpdir(), daemonize: 'no' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = startProgram({ command: executable, args, cwd: tmpdir(), env: process.env, onLine });
  return withReadiness({ name: 'redis', process: server, probe: () => respondsToPing(port) });
}

/** Resolves with whether Redis at 127.0.0.1 responds to PING within a second. Never rejects. */
export function respondsToPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: PING_TIMEOUT_MS });
    const settle = (responds: boolean) => {
      socket.destroy();
      resolve(responds);
    };
    socket.on('connect', () => socket.write('PING\r\n'));
    socket.on('data', (reply) => settle(reply.toString().startsWith('+PONG')));
    socket.on('timeout', () => settle(false));
    socket.on('error', () => settle(false));
    socket.on('close', () => settle(false));
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
