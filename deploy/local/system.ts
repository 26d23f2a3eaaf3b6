import { sleep, systemClock } from './clock.ts';
import { LocalFaults } from './faults.ts';
import { startLinks } from './links.ts';
import { openLogFile } from './log-file.ts';
import { readableLine } from './log-line.ts';
import { freePorts } from './ports.ts';
import type { OutputLine } from './process.ts';
import { type Service, respondsOk } from './readiness.ts';
import { chooseRedis, type RedisChoice, startRedis } from './redis.ts';
import { createReporter } from './report.ts';
import { type Ports, serviceEnvironment, type ServiceOptions, services } from './services.ts';
import type { Stops } from './stops.ts';
import { Supervisor } from './supervisor.ts';
import type { Terminal } from './terminal.ts';
import { toPageUrl } from './welcome.ts';

/** Longest wait for a page after all services are ready, in milliseconds. */
const PAGE_TIMEOUT_MS = 10_000;
const PAGE_POLL_MS = 100;

export interface SystemOptions {
  readonly terminal: Terminal;
  readonly stops: Stops;
  readonly ports: Ports;
  /** Settings of the services on top of the environment of this process. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly startService: (options: ServiceOptions) => Service;
  /**
   * Returns whether the terminal shows a line of output. `.data/logs` has all lines. `hasStarted` is true after the service
   * was ready once. Before that, the report of a failure has the last lines.
   */
  readonly isShown: (line: OutputLine, hasStarted: boolean) => boolean;
}

export interface System {
  readonly supervisors: readonly Supervisor[];
  readonly faults: LocalFaults;
  /** Resolves when all services are ready and a page responds with 200. Rejects if a service does not become ready. */
  readonly ready: () => Promise<void>;
}

/**
 * Starts Redis, if there is one, and the services under supervision, with a proxy in front of each other server that
 * they connect to. Does not wait for the services.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { terminal, stops, ports, settings = {}, startService, isShown } = options;

  const supervise = async (name: string, launch: (onLine: (line: OutputLine) => void) => Service) => {
    const log = stops.add(await openLogFile(`.data/logs/${name}.log`));
    let hasStarted = false;
    const onLine = (line: OutputLine) => {
      log.write(line.text);
      if (isShown(line, hasStarted)) terminal.print(`${name}: ${readableLine(line.text)}`);
    };
    const onChange = createReporter(terminal, () => {
      hasStarted = true;
    });
    const supervisor = new Supervisor({ name, launch: () => launch(onLine), onChange });
    stops.add(supervisor).start();
    return supervisor;
  };

  const choice = chooseRedis(process.env);
  terminal.print(describeRedis(choice));
  const supervisors: Supervisor[] = [];
  const env: NodeJS.ProcessEnv = { ...process.env, ...settings };
  if (choice.kind === 'own') {
    const [port = 0] = await freePorts(1);
    const { executable } = choice;
    const redis = await supervise('redis', (onLine) => startRedis({ executable, port, onLine }));
    supervisors.push(redis);
    await redis.ready();
    env['REDIS_URL'] = `redis://127.0.0.1:${port}`;
  }
  const through = await startLinks(env, stops);
  const faults = stops.add(new LocalFaults(through.links));
  for (const { name } of services) {
    const service = { name, port: ports[name], env: serviceEnvironment(name, ports, through.env) };
    supervisors.push(await supervise(name, (onLine) => startService({ ...service, onLine })));
  }
  const ready = async (): Promise<void> => {
    await Promise.all(supervisors.map((supervisor) => supervisor.ready()));
    // A circuit breaker of the gateway may be open after calls to a service that was starting.
    const endsAt = systemClock.now() + PAGE_TIMEOUT_MS;
    const isUp = () => supervisors.every(({ state }) => state.kind === 'up');
    while (isUp() && systemClock.now() < endsAt && !(await respondsOk(toPageUrl(ports))))
      await sleep(systemClock, PAGE_POLL_MS);
  };
  return { supervisors, faults, ready };
}

function describeRedis(choice: RedisChoice): string {
  switch (choice.kind) {
    case 'configured':
      return `Redis: from ${choice.variable}`;
    case 'own':
      return `Redis: ${choice.executable}, started for this demo`;
    case 'memory':
      return 'Redis: none found (REDIS_URL, redis-server, valkey-server); services store data in memory';
    default:
      return choice satisfies never;
  }
}
