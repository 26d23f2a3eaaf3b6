import { Pool } from 'undici';
import { freePorts } from '../../../deploy/local/ports.ts';
import { startProcess } from '../../../deploy/local/process.ts';
import { respondsOk, withReadiness } from '../../../deploy/local/readiness.ts';
import { root } from '../../../deploy/local/services.ts';
import { Stops } from '../../../deploy/local/stops.ts';
import { films } from './films.ts';
import type { Subject } from './subjects.ts';
import type { Usage } from './usage.ts';

export interface RunningSubject {
  readonly name: string;
  /** Requests one page and reads the whole body. Resolves with whether the status was 200. */
  readonly page: (id: string) => Promise<boolean>;
  readonly usage: () => Promise<Usage>;
}

export interface Subjects {
  readonly all: readonly RunningSubject[];
  readonly stop: () => Promise<void>;
}

/** Starts each subject in its own process, all in front of the same upstreams. Builds the services if necessary. */
export async function startSubjects(subjects: readonly Subject[]): Promise<Subjects> {
  const stops = new Stops();
  const start = async (
    name: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    url: string,
  ): Promise<void> => {
    const process = startProcess({ args, cwd: root, env });
    await stops.add(withReadiness({ name, process, probe: () => respondsOk(url) })).ready();
  };
  try {
    const upstreams = await startUpstreams(start);
    const all: RunningSubject[] = [];
    for (const { name, args, env } of subjects) {
      const [port = 0, usagePort = 0] = await freePorts(2);
      const origin = `http://127.0.0.1:${port}`;
      await start(
        name,
        ['--import', './test/bench/gateways/usage.ts', ...args],
        { ...upstreams, ...env, NODE_ENV: 'production', PORT: String(port), USAGE_PORT: String(usagePort) },
        origin + toPath(films[0]?.id ?? ''),
      );
      const pool = new Pool(origin);
      stops.add({ stop: () => pool.close() });
      all.push({
        name,
        page: (id) => getPage(pool, id),
        usage: async () => (await (await fetch(`http://127.0.0.1:${usagePort}`)).json()) as Usage,
      });
    }
    return { all, stop: () => stops.stop() };
  } catch (error) {
    await stops.stop();
    throw error;
  }
}

/** Resolves with the addresses of the upstreams. */
export async function startUpstreams(
  start: (name: string, args: string[], env: Record<string, string>, url: string) => Promise<void>,
): Promise<Record<string, string>> {
  const servers = ['CATALOG', 'RECOMMENDATIONS', 'COLLECTOR'];
  const ports = await freePorts(servers.length);
  const toUrl = (port = 0): string => `http://127.0.0.1:${port}`;
  const collector = toUrl(ports.at(-1));
  await start(
    'upstreams',
    ['./test/bench/gateways/upstreams.ts'],
    Object.fromEntries(servers.map((name, index) => [`${name}_PORT`, String(ports[index])])),
    collector,
  );
  return {
    ...Object.fromEntries(servers.map((name, index) => [`${name}_URL`, toUrl(ports[index])])),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector,
  };
}

const toPath = (id: string): string => `/api/products/${id}`;

async function getPage(pool: Pool, id: string): Promise<boolean> {
  const { statusCode, body } = await pool.request({ method: 'GET', path: toPath(id) });
  await body.dump();
  return statusCode === 200;
}
