import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type OutputLine, startProcess } from './process.ts';
import { respondsOk, type Service, withReadiness } from './readiness.ts';

/** The repository's root, the working directory of all that is started here. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export type ServiceName = 'catalog' | 'recommendations' | 'gateway';

export interface ServiceDefinition {
  readonly name: ServiceName;
  readonly portVariable: string;
  readonly defaultPort: number;
}

/** In the order of starting: nobody before those it asks. */
export const services: readonly ServiceDefinition[] = [
  { name: 'catalog', portVariable: 'CATALOG_PORT', defaultPort: 3001 },
  { name: 'recommendations', portVariable: 'RECOMMENDATIONS_PORT', defaultPort: 3002 },
  { name: 'gateway', portVariable: 'GATEWAY_PORT', defaultPort: 3000 },
];

export type Ports = Readonly<Record<ServiceName, number>>;

/** What Node needs to run the built service, the current directory being the root. */
export function serviceArguments(name: ServiceName): string[] {
  return [
    // A service collects once what loading its modules left: 40 MiB, which without load would stay.
    '--expose-gc',
    // At 4 a page takes an eighth more CPU, at 32, V8's own, a service under load 25 MiB more for no less CPU.
    '--max-semi-space-size=16',
    '--import',
    '@film-store/telemetry/register',
    `dist/apps/${name}/src/main.js`,
  ];
}

/** Known to everybody who reads this: good for processes of one machine that nobody else can reach. */
export const IDEMPOTENCY_SECRET_OF_ONE_MACHINE = 'for-one-machine-only-not-a-secret';

/** What a service of the local system gets on top of the caller's `env`; a given DATA_DIR holds one folder for each. */
export function serviceEnvironment(
  name: ServiceName,
  ports: Ports,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  return {
    IDEMPOTENCY_SECRET: IDEMPOTENCY_SECRET_OF_ONE_MACHINE,
    TRACES_RING: 'true',
    CONTROL_ROOM: 'true',
    FAULTS_ENABLED: 'true',
    ...env,
    ...(env['DATA_DIR'] && { DATA_DIR: join(env['DATA_DIR'], name) }),
    PORT: String(ports[name]),
    CATALOG_URL: `http://localhost:${ports.catalog}`,
    RECOMMENDATIONS_URL: `http://localhost:${ports.recommendations}`,
  };
}

export interface ServiceOptions {
  readonly name: ServiceName;
  readonly port: number;
  /** The whole environment but PORT. */
  readonly env: NodeJS.ProcessEnv;
  readonly onLine?: (line: OutputLine) => void;
}

/** Starts one built service; it is ready when its /health/ready says so. */
export function startService({ name, port, env, onLine }: ServiceOptions): Service {
  const process = startProcess({
    args: serviceArguments(name),
    cwd: root,
    env: { ...env, PORT: String(port) },
    onLine,
  });
  const probe = () => respondsOk(`http://localhost:${port}/health/ready`);
  return withReadiness({ name, process, probe });
}
