import { once } from 'node:events';
import { createServer } from 'node:net';
import { UsageError } from '../command.ts';
import { type Platform, RESERVED_PORTS } from '../define-platform.ts';
import { toServices } from '../derived.ts';

/**
 * Returns the port of a new service: the given one, or the next free one above those of the services. The choice does not
 * depend on the machine, so that the command gives the same platform when it runs again.
 * @throws UsageError
 */
export function choosePort(platform: Platform, given: string | undefined): number {
  const holders = new Map<number, string>([
    ...Object.entries(RESERVED_PORTS).map(([port, holder]): [number, string] => [Number(port), holder]),
    ...toServices(platform).map(({ port, name }): [number, string] => [port, `the service ${name}`]),
  ]);
  if (given === undefined) {
    let port = Math.max(...toServices(platform).map((service) => service.port)) + 1;
    while (holders.has(port)) port += 1;
    return port;
  }
  const port = Number(given);
  if (!Number.isInteger(port) || port < 1024 || port > 65_535)
    throw new UsageError(`--port ${given} is no port: give a number from 1024 to 65535.`);
  const holder = holders.get(port);
  if (holder) throw new UsageError(`Port ${port} belongs to ${holder}. Choose another one with --port.`);
  return port;
}

/** @throws UsageError if another process of this machine listens on the port */
export async function requireIdlePort(port: number): Promise<void> {
  const server = createServer();
  try {
    await once(server.listen(port), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new UsageError(
      `Another process uses port ${port} of this machine. Stop it, or choose another port with --port.`,
      { cause: error },
    );
  } finally {
    server.close();
  }
}
