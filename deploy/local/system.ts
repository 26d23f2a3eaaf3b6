import { LocalFaults } from './faults.ts';
import { startLinks } from './links.ts';
import { openLogFile } from './log-file.ts';
import { readableLine } from './log-line.ts';
import { freePorts } from './ports.ts';
import type { OutputLine } from './process.ts';
import type { Service } from './readiness.ts';
import { chooseRedis, type RedisChoice, startRedis } from './redis.ts';
import { reportTo } from './report.ts';
import { type Ports, serviceEnvironment, type ServiceOptions, services } from './services.ts';
import type { Stops } from './stops.ts';
import { Supervisor } from './supervisor.ts';
import type { Terminal } from './terminal.ts';

export interface SystemOptions {
  readonly terminal: Terminal;
  readonly stops: Stops;
  readonly ports: Ports;
  readonly startService: (options: ServiceOptions) => Service;
  /**
   * Which lines of output are shown in the terminal; all of them are in `.data/logs`. `hasStarted`: the service was
   * ready once. Before, a failure tells the last lines anyway.
   */
  readonly isShown: (line: OutputLine, hasStarted: boolean) => boolean;
}

export interface System {
  readonly supervisors: readonly Supervisor[];
  readonly faults: LocalFaults;
}

/**
 * Starts a Redis where one is to be had, and the three services, all supervised, with a proxy in front of what they
 * talk to besides each other. Does not wait for the services.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { terminal, stops, ports, startService, isShown } = options;

  const supervise = async (name: string, launch: (onLine: (line: OutputLine) => void) => Service) => {
    const log = stops.add(await openLogFile(`.data/logs/${name}.log`));
    let hasStarted = false;
    const onLine = (line: OutputLine) => {
      log.write(line.text);
      if (isShown(line, hasStarted)) terminal.print(`${name}: ${readableLine(line.text)}`);
    };
    const onChange = reportTo(terminal, () => {
      hasStarted = true;
    });
    const supervisor = new Supervisor({ name, launch: () => launch(onLine), onChange });
    stops.add(supervisor).start();
    return supervisor;
  };

  const choice = chooseRedis(process.env);
  terminal.print(describeRedis(choice));
  const supervisors: Supervisor[] = [];
  const env = { ...process.env };
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
    const settings = { name, port: ports[name], env: serviceEnvironment(name, ports, through.env) };
    supervisors.push(await supervise(name, (onLine) => startService({ ...settings, onLine })));
  }
  return { supervisors, faults };
}

function describeRedis(choice: RedisChoice): string {
  switch (choice.kind) {
    case 'configured':
      return `Redis: the one of ${choice.variable}`;
    case 'own':
      return `Redis: ${choice.executable}, started for this run`;
    case 'memory':
      return 'Redis: none found (REDIS_URL, redis-server, valkey-server); the services keep it in memory';
    default:
      return choice satisfies never;
  }
}
