import { openLogFile } from '../../deploy/local/log-file.ts';
import type { Service } from '../../deploy/local/readiness.ts';
import { type ServiceName, startService } from '../../deploy/local/services.ts';
import type { Stops } from '../../deploy/local/stops.ts';

/** A process of the system that can be killed and restarted on the same port and disk. */
export interface Part {
  readonly name: string;
  /** True if it was ready since its last start. */
  readonly isUp: boolean;
  /** Starts it if it does not run. Does not wait until it is ready. */
  start(): void;
  ready(): Promise<void>;
  /** Sends SIGKILL. Resolves when it has ended, with whether SIGKILL ended it. */
  kill(): Promise<boolean>;
  /** Stops it in an orderly way. It may start again. */
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
    // A caller that needs the reason of a failure awaits `ready`.
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
  /** The whole environment except PORT. */
  readonly env: NodeJS.ProcessEnv;
  /** Path of its log. */
  readonly log: string;
}

/** Creates a part from a built service, without starting it. */
export async function createServicePart(
  { name, service, port, env, log }: ServicePartOptions,
  stops: Stops,
): Promise<Part> {
  const file = stops.add(await openLogFile(log));
  const onLine = ({ text }: { readonly text: string }): void => file.write(text);
  return stops.add(findPart(name, () => startService({ name: service, port, env, onLine })));
}
