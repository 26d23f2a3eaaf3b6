import { type Dispatcher, Pool } from 'undici';
import { freePorts } from '../../../deploy/local/ports.ts';
import { startService } from '../../../deploy/local/services.ts';
import type { Stops } from '../../../deploy/local/stops.ts';
import type { Usage } from '../gateways/usage.ts';

const USAGE = new URL('../gateways/usage.ts', import.meta.url).href;

export interface RunningCatalog {
  readonly url: string;
  /** Sends a GET. Resolves with the status and the time in milliseconds. */
  get(path: string): Promise<Timed>;
  order(key: string, body: object): Promise<Timed>;
  /** Returns the processor time so far, of all threads, in milliseconds. */
  readCpuMs(): Promise<number>;
  stop(): Promise<unknown>;
}

interface Timed {
  readonly status: number;
  readonly ms: number;
}

/**
 * Starts a catalog. `stops` stops it later.
 * @param onLine called with each line of its log. Lines are warnings and errors.
 */
export async function startCatalog(
  databaseUrl: string,
  stops: Stops,
  onLine: (line: string) => void = () => undefined,
): Promise<RunningCatalog> {
  const [port = 0, usagePort = 0] = await freePorts(2);
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    LOG_LEVEL: 'warn',
    NODE_OPTIONS: `--import=${USAGE}`,
    USAGE_PORT: String(usagePort),
  };
  const service = stops.add(startService({ name: 'catalog', port, env, onLine: ({ text }) => onLine(text) }));
  await service.ready();
  const url = `http://127.0.0.1:${port}`;
  const pool = new Pool(url, { connections: 64 });
  stops.add({ stop: () => pool.close() });
  const readCpuMs = async (): Promise<number> =>
    ((await (await fetch(`http://127.0.0.1:${usagePort}`)).json()) as Usage).cpuUs / 1000;
  return { url, ...createRequests(pool), readCpuMs, stop: () => service.stop() };
}

function createRequests(pool: Pool): Pick<RunningCatalog, 'get' | 'order'> {
  const send = async (options: Dispatcher.RequestOptions): Promise<Timed> => {
    const began = performance.now();
    const { statusCode, body } = await pool.request(options);
    await body.dump();
    return { status: statusCode, ms: performance.now() - began };
  };
  return {
    get: (path) => send({ method: 'GET', path }),
    order: (key, body) =>
      send({
        method: 'POST',
        path: '/orders',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      }),
  };
}
