import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { type Ports, type ServiceName, services } from './services.ts';

/** The demo cannot use the ports it was given; the message says which, and what to do. */
export class PortsError extends Error {
  override readonly name = 'PortsError';
}

/** The ports that `env` chooses, by default 3000 to 3002. Throws a PortsError naming every unusable value. */
export function readPorts(env: NodeJS.ProcessEnv): Ports {
  const problems: string[] = [];
  const ports = {} as Record<ServiceName, number>;
  for (const { name, portVariable, defaultPort } of services) {
    const text = env[portVariable] || String(defaultPort);
    const port = Number(text);
    if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
      problems.push(`${portVariable}=${text} is not a port`);
    const other = services.find((service) => ports[service.name] === port);
    if (other) problems.push(`${portVariable}=${text} is the port of ${other.name} as well`);
    ports[name] = port;
  }
  if (problems.length > 0) throw new PortsError(problems.join('\n'));
  return ports;
}

/** Rejects with a PortsError that lists every port somebody listens on. */
export async function assertPortsFree(ports: Ports): Promise<void> {
  const free = await Promise.all(services.map(({ name }) => isFree(ports[name])));
  const taken = services.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  const others = await freePorts(taken.length);
  throw new PortsError(
    [
      ...taken.map(({ name }) => `port ${ports[name]}, meant for ${name}, is taken by another program`),
      'Stop that program (perhaps another demo), or choose other ports:',
      `  ${taken.map(({ portVariable }, index) => `${portVariable}=${others[index]}`).join(' ')} npm run demo`,
    ].join('\n'),
  );
}

/** From 32768 on, Linux gives ports to whoever asks for any, or connects; others do from 49152 on. */
const OURS = { first: 10_000, count: 22_000 };
/** More than one process takes: those that run at a time, with numbers close to each other, take different ports. */
const PORTS_OF_A_PROCESS = 97;
let taken = (process.pid * PORTS_OF_A_PROCESS) % OURS.count;

/**
 * Ports that nobody listened on a moment ago, for somebody to listen on in a while, or again after a while: the system
 * gives them to nobody meanwhile, nor does another call, of this process or of one beside it.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    taken = (taken + 1) % OURS.count;
    const port = OURS.first + taken;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

/** Both the wildcard and the loopback address are tried: systems differ in whether the one's listener blocks the other. */
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
