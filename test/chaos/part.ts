import { openLogFile } from '../../deploy/local/log-file.ts';
import type { Service } from '../../deploy/local/readiness.ts';
import { type ServiceName, startService } from '../../deploy/local/services.ts';
import type { Stops } from '../../deploy/local/stops.ts';

/** A process of the system that can be killed and started again, on the same port and disk. */
export interface Part {
  readonly name: string;
  /** Whether it was ready since it was last started. */
  readonly isUp: boolean;
  /** Starts it where it does not run; does not wait until it is ready. */
  start(): void;
  ready(): Promise<void>;
  /** With SIGKILL. Resolves when it is gone, with whether that is what it died of. */
  kill(): Promise<boolean>;
  /** In order, to be started again perhaps. */
  stop(): Promise<void>;
}

export function findPart(name: string, launch: () => Service): Part {
  let running: Service | undefined;
  let up: Service | undefined;
  const start = async (): Promise<void> => {
    if (running) return;
    const service = launch();
    running = service;
    await service.ready();
    up = service;
  };
  const end = async (how: (service: Service) => void): Promise<NodeJS.Signals | null> => {
    const ending = running;
    running = undefined;
    if (!ending) return null;
    how(ending);
    return (await ending.exited).signal;
  };
  return {
    name,
    get isUp() {
      return up !== undefined && up === running;
    },
    // Who wants to know why it failed asks for `ready`.
    start: () => void start().catch(() => undefined),
    ready: () => running?.ready() ?? Promise.reject(new Error(`${name} does not run`)),
    kill: async () => (await end((service) => service.kill('SIGKILL'))) === 'SIGKILL',
    stop: async () => void (await end((service) => void service.stop())),
  };
}

export interface ServicePartOptions {
  readonly name: string;
  readonly service: ServiceName;
  readonly port: number;
  /** The whole environment but PORT. */
  readonly env: NodeJS.ProcessEnv;
  /** The path of its log. */
  readonly log: string;
}

/** A built service as a part, not started yet. */
export async function createServicePart(
  { name, service, port, env, log }: ServicePartOptions,
  stops: Stops,
): Promise<Part> {
  const file = stops.add(await openLogFile(log));
  const onLine = ({ text }: { readonly text: string }): void => file.write(text);
  return stops.add(findPart(name, () => startService({ name: service, port, env, onLine })));
}
