import type { SystemSnapshot, Transition } from '../system-state.ts';
import type { InstanceSnapshot } from './poll-instances.ts';
import type { SystemSample } from './to-snapshot.ts';

/** How many are told again with every snapshot, so that who joins late, or reads slowly, misses none. */
const KEPT = 20;
/** A feature is whole again when none of its answers was degraded for this long, in milliseconds. */
const QUIET_MS = 4000;

type Change = Pick<Transition, 'kind' | 'subject' | 'from' | 'to'>;

/**
 * Tells what became something else from one sight to the next: services, breakers, and features that are degraded.
 * What changes and changes back in between goes unnoticed.
 */
export class TransitionLog {
  readonly #run: string;
  readonly #states = new Map<string, string>();
  readonly #features = new Map<string, { responses: number; quietSince: number; degraded: boolean }>();
  #latest: readonly Transition[] = [];
  #told = 0;
  #followed = false;

  /** @param run tells the transitions of this process from those of the one before it */
  constructor(run: string) {
    this.#run = run;
  }

  /** @returns the latest transitions, oldest first, those that this sight shows included */
  follow({ at: now, services }: SystemSample, wallTime: Date): SystemSnapshot['transitions'] {
    const changes = services.flatMap((seen) => [
      ...this.#become('service', seen.name, 'state' in seen ? seen.state.status : 'unreachable'),
      ...breakersOf(seen).flatMap(([edge, state]) => this.#become('breaker', edge, state)),
      ...featuresOf(seen).flatMap((feature) => this.#degrade(feature, now)),
    ]);
    const at = wallTime.toISOString();
    const told = changes.map(({ kind, subject, from, to }): Transition => {
      this.#told += 1;
      return { id: `${this.#run}-${this.#told}`, at, kind, subject, from, to };
    });
    this.#followed = true;
    this.#latest = [...this.#latest, ...told].slice(-KEPT);
    return [...this.#latest];
  }

  #become(kind: 'service' | 'breaker', subject: string, to: string): Change[] {
    const key = `${kind} ${subject}`;
    const from = this.#states.get(key);
    this.#states.set(key, to);
    return from === undefined || from === to ? [] : [{ kind, subject, from, to }];
  }

  #degrade({ feature, reason, source, responses }: Feature, at: number): Change[] {
    const known = this.#features.get(feature);
    // What was there before anybody watched may be long over.
    const more = this.#followed && responses !== (known?.responses ?? 0);
    const quietSince = more || !known ? at : known.quietSince;
    const degraded = more || (known?.degraded === true && at - quietSince < QUIET_MS);
    this.#features.set(feature, { responses, quietSince, degraded });
    const change = { kind: 'degradation', subject: feature } as const;
    if (degraded && !known?.degraded) return [{ ...change, from: 'normal', to: `${source}, ${reason}` }];
    return !degraded && known?.degraded ? [{ ...change, from: 'degraded', to: 'normal' }] : [];
  }
}

type Feature = Extract<InstanceSnapshot, { state: unknown }>['state']['degraded'][number];

const breakersOf = (seen: InstanceSnapshot): [edge: string, state: string][] =>
  'state' in seen
    ? seen.state.upstreams.map(({ name, breaker }) => [`${seen.name}→${name}`, breaker.state])
    : [];

const featuresOf = (seen: InstanceSnapshot): readonly Feature[] =>
  'state' in seen ? seen.state.degraded : [];
