import { type Clock, systemClock } from './clock.ts';
import type { Link } from './links.ts';
import { type RunningProcess, startProcess } from './process.ts';
import { root } from './services.ts';
import type { Stoppable } from './stops.ts';
import type { Supervisor } from './supervisor.ts';
import type { Toxics } from './tcp-proxy.ts';
import type { Toxic } from './toxic.ts';

const both = (toxic: Toxic): Toxics => ({ request: toxic, reply: toxic });

/** Faults of links, by the names that commands use. */
const kinds = {
  latency: (ms: number): Toxics => ({ reply: { kind: 'latency', ms } }),
  bandwidth: (bytesPerSecond: number): Toxics => both({ kind: 'bandwidth', bytesPerSecond }),
  cut: (): Toxics => ({ reply: { kind: 'cut', afterBytes: 0 } }),
  'black-hole': (): Toxics => both({ kind: 'black-hole' }),
  reset: (): Toxics => ({ request: { kind: 'reset' } }),
  off: (): Toxics => ({}),
};

/** Injects faults below HTTP, into links and processes. Each ends by itself or at `stop`. */
export class LocalFaults implements Stoppable {
  readonly links: readonly Link[];
  readonly #clock: Clock;
  readonly #cancelEnd = new Map<Link, () => void>();
  readonly #pauses = new Set<RunningProcess>();

  constructor(links: readonly Link[], clock: Clock = systemClock) {
    this.links = links;
    this.#clock = clock;
  }

  /** Replaces the fault of a link. `amount` is milliseconds of latency, or bytes per second of bandwidth. */
  breakLink(link: Link, kind: LinkFault, amount: number, ms: number): void {
    this.#repair(link);
    link.proxy.set(kinds[kind](amount));
    this.#cancelEnd.set(
      link,
      this.#clock.after(ms, () => this.#repair(link)),
    );
  }

  /** Pauses a process, whose connections stay open. Resolves when it is paused. */
  async pause(supervisor: Pick<Supervisor, 'name' | 'pid'>, ms: number): Promise<void> {
    const { pid } = supervisor;
    if (pid === undefined) throw new Error(`${supervisor.name} is not running`);
    const args = ['deploy/local/paused.ts', String(pid), String(ms)];
    const started = Promise.withResolvers<void>();
    const pause = startProcess({ args, cwd: root, env: process.env, onLine: () => started.resolve() });
    this.#pauses.add(pause);
    void pause.exited.then(() => this.#pauses.delete(pause));
    await Promise.race([started.promise, pause.exited]);
  }

  async stop(): Promise<void> {
    for (const link of this.links) this.#repair(link);
    await Promise.all([...this.#pauses].map((pause) => pause.stop()));
  }

  #repair(link: Link): void {
    this.#cancelEnd.get(link)?.();
    this.#cancelEnd.delete(link);
    link.proxy.clear();
  }
}

export type LinkFault = keyof typeof kinds;
export const linkFaults = Object.keys(kinds) as LinkFault[];
