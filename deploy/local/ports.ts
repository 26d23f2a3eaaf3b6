import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { forEachService, type Ports, type ServiceName, services } from './services.ts';

/** Reports ports that the demo cannot use, and what to do. */
export class PortsError extends Error {
  override readonly name = 'PortsError';
}

/**
 * Returns the ports of `env`, by default those of the manifest.
 * @throws PortsError that names every invalid value
 */
export function readPorts(env: NodeJS.ProcessEnv): Ports {
  const problems: string[] = [];
  const ports = {} as Record<ServiceName, number>;
  for (const { name, portVariable, defaultPort } of services) {
    const text = env[portVariable] || String(defaultPort);
    const port = Number(text);
    if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
      problems.push(`${portVariable}=${text} is not a port`);
    const other = services.find((service) => ports[service.name] === port);
    if (other) problems.push(`${portVariable}=${text} is also the port of ${other.name}`);
    ports[name] = port;
  }
  if (problems.length > 0) throw new PortsError(problems.join('\n'));
  return ports;
}

/** @throws PortsError that lists every port in use */
export async function assertPortsFree(ports: Ports): Promise<void> {
  const free = await Promise.all(services.map(({ name }) => isFree(ports[name])));
  const taken = services.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  const others = await freePorts(taken.length);
  throw new PortsError(
    [
      ...taken.map(({ name }) => `port ${ports[name]} of ${name} is in use by another program`),
      'Stop that program (for another demo: npm run demo -- stop), or choose other ports:',
      `  ${taken.map(({ portVariable }, index) => `${portVariable}=${others[index]}`).join(' ')} npm run demo`,
    ].join('\n'),
  );
}

/**
 * Linux assigns ephemeral ports from 32768 on, other systems from 49152 on. `fetch` rejects port 10080
 * (https://fetch.spec.whatwg.org/#bad-port).
 */
const RANGE = { first: 10_081, count: 21_919 };
/** Distance between the ports of processes with consecutive ids, so that parallel processes take different ports. */
const PORTS_OF_A_PROCESS = 97;
let taken = (process.pid * PORTS_OF_A_PROCESS) % RANGE.count;

/**
 * Returns ports without a listener, to listen on later. The system does not assign them meanwhile. Neither does another call
 * in this process or in a parallel one.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    taken = (taken + 1) % RANGE.count;
    const port = RANGE.first + taken;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

/** Returns a free port for each service. */
export async function freeServicePorts(): Promise<Ports> {
  const ports = await freePorts(services.length);
  return forEachService((name) => ports[services.findIndex((service) => service.name === name)] ?? 0);
}

/** Tries the wildcard and the loopback address. On some systems a listener on one does not block the other. */
export async function isFree(port: number): Promise<boolean> {
  for (const host of [undefined, '127.0.0.1']) {
    try {
      await close(await listen(port, host));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return false;
      throw error;
    }
  }
  return true;
}

async function listen(port: number, host: string | undefined): Promise<Server> {
  const server = createServer();
  server.listen({ port, host });
  await once(server, 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
