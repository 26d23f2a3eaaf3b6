import type { ServiceState, Transition } from '../system-state.ts';
import type { SystemSample } from './to-snapshot.ts';

/** Every snapshot contains so many of the latest transitions, so that late and slow subscribers miss none. */
const KEPT = 20;
/** A feature is normal again when none of its responses was degraded for this time, in milliseconds. */
const NORMAL_AFTER_MS = 4000;

type Change = Pick<Transition, 'kind' | 'subject' | 'from' | 'to'>;
type Feature = ServiceState['degraded'][number];

/**
 * Records the transitions between samples: of services, breakers and degraded features. A state that changes and
 * changes back between two samples is not recorded.
 */
export class TransitionLog {
  readonly #run: string;
  readonly #states = new Map<string, string>();
  readonly #features = new Map<string, { responses: number; lastAt: number; degraded: boolean }>();
  #latest: readonly Transition[] = [];
  #recorded = 0;
  #isFirst = true;

  /** @param run makes the ids of this process different from those of its predecessor */
  constructor(run: string) {
    this.#run = run;
  }

  /** @returns the latest transitions including those of this sample, oldest first */
  record({ at: now, services }: SystemSample, wallTime: Date): Transition[] {
    const changes = services.flatMap((service) => {
      const { name } = service;
      if (!('state' in service)) return this.#setState('service', name, 'unreachable');
      const { status, upstreams, degraded } = service.state;
      return [
        ...this.#setState('service', name, status),
        ...upstreams.flatMap((upstream) =>
          this.#setState('breaker', `${name}→${upstream.name}`, upstream.breaker.state),
        ),
        ...degraded.flatMap((feature) => this.#setFeature(feature, now)),
      ];
    });
    this.#isFirst = false;
    const at = wallTime.toISOString();
    const transitions = changes.map(({ kind, subject, from, to }): Transition => {
      this.#recorded += 1;
      return { id: `${this.#run}-${this.#recorded}`, at, kind, subject, from, to };
    });
    this.#latest = [...this.#latest, ...transitions].slice(-KEPT);
    return [...this.#latest];
  }

  #setState(kind: 'service' | 'breaker', subject: string, to: string): Change[] {
    const key = `${kind} ${subject}`;
    const from = this.#states.get(key);
    this.#states.set(key, to);
    return from === undefined || from === to ? [] : [{ kind, subject, from, to }];
  }

  #setFeature({ feature, reason, source, responses }: Feature, now: number): Change[] {
    const before = this.#features.get(feature);
    // The responses before the first sample may be old.
    const isMore = !this.#isFirst && responses !== (before?.responses ?? 0);
    const lastAt = isMore || !before ? now : before.lastAt;
    const degraded = isMore || (before?.degraded === true && now - lastAt < NORMAL_AFTER_MS);
    this.#features.set(feature, { responses, lastAt, degraded });
    if (degraded === (before?.degraded ?? false)) return [];
    const change = { kind: 'degradation', subject: feature } as const;
    return [
      degraded
        ? { ...change, from: 'normal', to: `${source}, ${reason}` }
        : { ...change, from: 'degraded', to: 'normal' },
    ];
  }
}
