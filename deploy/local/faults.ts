import { type Clock, systemClock } from './clock.ts';
import type { Link } from './links.ts';
import { type RunningProcess, startProcess } from './process.ts';
import { root } from './services.ts';
import type { Stoppable } from './stops.ts';
import type { Supervisor } from './supervisor.ts';
import type { Toxics } from './tcp-proxy.ts';
import type { Toxic } from './toxic.ts';

const both = (toxic: Toxic): Toxics => ({ request: toxic, reply: toxic });

/** How a fault of a link is asked for, with what it is given. */
const kinds = {
  latency: (ms: number): Toxics => ({ reply: { kind: 'latency', ms } }),
  bandwidth: (bytesPerSecond: number): Toxics => both({ kind: 'bandwidth', bytesPerSecond }),
  cut: (): Toxics => ({ reply: { kind: 'cut', afterBytes: 0 } }),
  'black-hole': (): Toxics => both({ kind: 'black-hole' }),
  reset: (): Toxics => ({ request: { kind: 'reset' } }),
  off: (): Toxics => ({}),
};

/** Faults of what is below HTTP, links and processes. Each ends by itself, or when all is stopped. */
export class LocalFaults implements Stoppable {
  readonly links: readonly Link[];
  readonly #clock: Clock;
  readonly #disarm = new Map<Link, () => void>();
  readonly #pauses = new Set<RunningProcess>();

  constructor(links: readonly Link[], clock: Clock = systemClock) {
    this.links = links;
    this.#clock = clock;
  }

  /** In place of what is wrong with the link. `amount`: ms of latency, bytes a second of bandwidth. */
  breakLink(link: Link, kind: LinkFault, amount: number, ms: number): void {
    this.#mend(link);
    link.proxy.set(kinds[kind](amount));
    this.#disarm.set(
      link,
      this.#clock.after(ms, () => this.#mend(link)),
    );
  }

  /** Lets a process do nothing for so long, while its connections stay as they are; resolves once it does nothing. */
  async pause(supervisor: Pick<Supervisor, 'name' | 'pid'>, ms: number): Promise<void> {
    const { pid } = supervisor;
    if (pid === undefined) throw new Error(`${supervisor.name} is not running`);
    const args = ['deploy/local/paused.ts', String(pid), String(ms)];
    const begun = Promise.withResolvers<void>();
    const pause = startProcess({ args, cwd: root, env: process.env, onLine: () => begun.resolve() });
    this.#pauses.add(pause);
    void pause.exited.then(() => this.#pauses.delete(pause));
    await Promise.race([begun.promise, pause.exited]);
  }

  async stop(): Promise<void> {
    for (const link of this.links) this.#mend(link);
    await Promise.all([...this.#pauses].map((pause) => pause.stop()));
  }

  #mend(link: Link): void {
    this.#disarm.get(link)?.();
    this.#disarm.delete(link);
    link.proxy.clear();
  }
}

export type LinkFault = keyof typeof kinds;
export const linkFaults = Object.keys(kinds) as LinkFault[];
