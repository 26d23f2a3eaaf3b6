import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { platform, type ServiceName } from '../../platform.config.ts';
import { inStartOrder, publicService as findPublicService, toEnvName } from '../platform/derived.ts';
import { type OutputLine, startProcess } from './process.ts';
import { respondsOk, type Service, withReadiness } from './readiness.ts';

/** The root of the repository. It is the working directory of every process. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

export type { ServiceName };

export interface ServiceDefinition {
  readonly name: ServiceName;
  readonly portVariable: string;
  /** The variable with its address, which its callers read. */
  readonly urlVariable: string;
  readonly defaultPort: number;
}

/** In the order of their start: a service comes after those that it calls. */
export const services: readonly ServiceDefinition[] = inStartOrder(platform).map(({ name, port }) => ({
  name: name as ServiceName,
  portVariable: `${toEnvName(name)}_PORT`,
  urlVariable: `${toEnvName(name)}_URL`,
  defaultPort: port,
}));

/** In the order of their ports, as documents list them. */
export const servicesByPort = services.toSorted((a, b) => a.defaultPort - b.defaultPort);

const { name: publicName, calls } = findPublicService(platform);
/** The service that clients call. */
export const publicService = services.find(({ name }) => name === publicName)!;

/** The services that the public service calls. */
export const called: readonly ServiceName[] = services
  .map(({ name }) => name)
  .filter((name) => name in calls);
/** The services that a response of the public service can do without. */
export const degradable: readonly ServiceName[] = called.filter((name) => calls[name] === 'degradable');

export type Ports = Readonly<Record<ServiceName, number>>;

/** Gives each service a value, such as a port or an address. */
export const forEachService = <T>(toValue: (name: ServiceName) => T): Readonly<Record<ServiceName, T>> =>
  Object.fromEntries(services.map(({ name }) => [name, toValue(name)])) as Record<ServiceName, T>;

/** Returns the variables with the addresses of all services, such as CATALOG_URL. */
export const toUrlVariables = (toUrl: (name: ServiceName) => string): Record<string, string> =>
  Object.fromEntries(services.map(({ name, urlVariable }) => [urlVariable, toUrl(name)]));

/** Returns the arguments of Node that run the built service in the root. */
export function serviceArguments(name: ServiceName): string[] {
  return [
    // A service collects garbage after its start, and when it is first idle. What that frees would stay without load.
    '--expose-gc',
    // With 4, catalog and recommendations take a sixteenth more CPU. With 32, the default of V8, a service under load takes 25 MiB more.
    '--max-semi-space-size=16',
    '--import',
    '@film-store/telemetry/register',
    `dist/apps/${name}/src/main.js`,
  ];
}

/** A public secret, for services that only this machine can reach. */
export const LOCAL_IDEMPOTENCY_SECRET = 'for-one-machine-only-not-a-secret';

/** Returns the environment of a local service: `env` and its settings. A given DATA_DIR gets one folder per service. */
export function serviceEnvironment(
  name: ServiceName,
  ports: Ports,
  env: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  return {
    IDEMPOTENCY_SECRET: LOCAL_IDEMPOTENCY_SECRET,
    TRACES_RING: 'true',
    // #region part: control-room
    CONTROL_ROOM: 'true',
    // #endregion part: control-room
    // #region part: faults
    FAULTS_ENABLED: 'true',
    // #endregion part: faults
    ...env,
    ...(env['DATA_DIR'] && { DATA_DIR: join(env['DATA_DIR'], name) }),
    PORT: String(ports[name]),
    ...toUrlVariables((called) => `http://localhost:${ports[called]}`),
  };
}

export interface ServiceOptions {
  readonly name: ServiceName;
  readonly port: number;
  /** The environment without PORT. */
  readonly env: NodeJS.ProcessEnv;
  readonly onLine?: (line: OutputLine) => void;
}

/** Starts a built service. It is ready when /health/ready responds with 200. */
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
