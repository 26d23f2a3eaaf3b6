import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmbeddedDatabases } from '../embedded-databases.ts';
import { freePorts, freeServicePorts } from '../ports.ts';
import { startProcess } from '../process.ts';
import { respondsOk, type Service, withReadiness } from '../readiness.ts';
import {
  called,
  publicService,
  root,
  type ServiceName,
  serviceArguments,
  serviceEnvironment,
  services,
  startService,
  toUrlVariables,
} from '../services.ts';
import type { Stops } from '../stops.ts';
import { allOrStop } from './all-or-stop.ts';
import { type MeteredLink, startMeteredLink } from './metered-link.ts';

/** A gateway with services of its own, and a link to each service that it calls. */
export interface Side {
  /** Address of the gateway. */
  readonly url: string;
  readonly links: ReadonlyMap<string, MeteredLink>;
}

/** Starts a gateway whose environment names the addresses of its upstreams. */
export type StartGateway = (port: number, env: NodeJS.ProcessEnv) => Promise<Service>;

const NAIVE_SOURCE = 'test/bench/gateways/naive.ts';
/** Attempts after the first one that the naive gateway makes, at once and without a budget. */
const NAIVE_RETRIES = 3;

export const startOurGateway: StartGateway = async (port, env) =>
  startService({ name: publicService.name, port, env });

export const startNaiveGateway: StartGateway = async (port, env) => {
  // The demo loads the compiler only if it compares.
  const { compile } = await import('../../../test/bench/compile.ts');
  return withReadiness({
    name: 'the naive gateway',
    process: startProcess({
      args: [
        '--import',
        './deploy/local/compare/end-with-demo.ts',
        // The same flags of Node as those of our gateway, whose last argument is its file.
        ...serviceArguments(publicService.name).slice(0, -1),
        compile(NAIVE_SOURCE),
      ],
      cwd: root,
      env: { ...env, PORT: String(port), RETRIES: String(NAIVE_RETRIES) },
    }),
    probe: () => respondsOk(`http://127.0.0.1:${port}/api/products?q=dark`),
  });
};

/**
 * Starts one process of each service with an empty embedded database, a link to each service that the gateway calls, and the
 * gateway. Resolves when all are ready.
 * @param onReady called when a process has become ready
 */
export async function startSide(
  startGateway: StartGateway,
  stops: Stops,
  onReady: () => void,
): Promise<Side> {
  const dataDir = await mkdtemp(join(tmpdir(), 'compare-'));
  await createEmbeddedDatabases(dataDir);
  stops.add({ stop: () => rm(dataDir, { recursive: true, force: true }) });
  const ports = await freeServicePorts();
  const toEnvironment = (name: ServiceName): NodeJS.ProcessEnv =>
    serviceEnvironment(name, ports, { ...withoutServers(process.env), ...SETTINGS, DATA_DIR: dataDir });
  const links = new Map<string, MeteredLink>();
  for (const name of called) links.set(name, stops.add(await startMeteredLink(ports[name])));
  const [port = 0] = await freePorts(1);

  const untilReady = async (service: Service): Promise<void> => {
    await stops.add(service).ready();
    onReady();
  };
  const startServices = async (): Promise<void> => {
    // A service comes after those that it calls, and is ready only when it has read their data.
    for (const { name } of services.filter((each) => each.name !== publicService.name))
      await untilReady(startService({ name, port: ports[name], env: toEnvironment(name) }));
  };
  const startTheGateway = async (): Promise<void> => {
    const env = {
      ...toEnvironment(publicService.name),
      ...toUrlVariables((name) => links.get(name)?.url ?? `http://localhost:${ports[name]}`),
    };
    await untilReady(await startGateway(port, env));
  };
  await allOrStop(stops, [startServices(), startTheGateway()]);
  return { url: `http://127.0.0.1:${port}`, links };
}

/** All processes of a comparison. They store data in memory or in their own folder. */
const SETTINGS = { LOG_LEVEL: 'warn', CONTROL_ROOM: 'false', FAULTS_ENABLED: 'false', DRAIN_WAIT_MS: '0' };

/** Servers and tokens of the demo. The two sides must not share a server, and their load has no credentials. */
const OF_THE_DEMO = /^(?:CACHE_REDIS|REDIS|DATABASE|OTEL_EXPORTER|AUTH|COMPARE)_|^(?:ADMIN|SERVICE)_TOKEN/;

const withoutServers = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !OF_THE_DEMO.test(name)));
