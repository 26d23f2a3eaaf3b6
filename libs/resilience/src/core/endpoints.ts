import { type Clock, parseCommaList } from '@film-store/core';
import type { ExtraAttempt, Outcome } from './call.ts';
import { SequentialTest } from './sequential-test.ts';

export const ENDPOINT_DEFAULTS = {
  /**
   * Failures in excess of successes that eject an endpoint that usually has few; more if failures are usual. From 1. Envoy's
   * default for consecutive failures. At 3 % of independent failures it ejects a healthy endpoint once in 4 · 10^7 calls.
   */
  ejectAfterFailures: 5,
  /** Time that the first ejection lasts, in milliseconds. The n-th in a row lasts n times as long. */
  ejectionMs: 30_000,
  /** Largest fraction of a priority that is ejected while no other priority has a usable endpoint, 0 to 1. */
  maxEjected: 0.5,
};
export type EndpointSettings = Readonly<typeof ENDPOINT_DEFAULTS>;

/** Time without calls for an endpoint that drains, in milliseconds: about as long as a restart. */
const RESTART_MS = 5000;

/** Times are in milliseconds on the clock. */
const createEndpoint = (url: string, priority: number, excessFailures: number) => ({
  url,
  priority,
  consecutiveFailures: 0,
  test: new SequentialTest({ excessFailures }),
  /** Ejections since the last success. */
  ejections: 0,
  /** Time of the last ejection or draining. Results of calls that were sent before it do not count. */
  removedAt: -Infinity,
  ejectedUntil: -Infinity,
  respondedAt: -Infinity,
});
type Endpoint = ReturnType<typeof createEndpoint>;

/**
 * Picks the endpoints of one upstream. Endpoints of one priority are equal; 0 is the preferred priority.
 *
 * Outliers are ejected, after Envoy: an endpoint that is failing by the test of the breaker, while others are not, gets no
 * calls for a while, longer each time. It needs less evidence than the breaker, because other endpoints take over. Only a
 * part of the endpoints of a priority is ejected at a time, to protect the others from overload, unless endpoints of
 * another priority can take over.
 */
export class Endpoints {
  readonly #endpoints: readonly Endpoint[];
  readonly #settings: EndpointSettings;
  readonly #clock: Clock;
  /** First and extra attempts take turns separately. Otherwise a hedge gives its slow endpoint the next turn too. */
  #turn = 0;
  #extraTurn = 0;

  /** @throws Error without endpoints */
  constructor(urls: readonly (readonly string[])[], settings: EndpointSettings, clock: Clock) {
    this.#endpoints = urls.flatMap((equalUrls, priority) =>
      equalUrls.map((url) => createEndpoint(url, priority, settings.ejectAfterFailures)),
    );
    if (this.#endpoints.length === 0) throw new Error('an upstream needs an endpoint');
    this.#settings = settings;
    this.#clock = clock;
  }

  /**
   * Picks the endpoint of one attempt: in turn among the usable endpoints of the most preferred priority.
   *
   * @param except endpoint of the previous attempt, which failed or is slow. Another one is preferred.
   * @param reason if no other endpoint is usable, a retry still goes to another one, which may have restarted, while
   *   `except` is known to fail. A hedge stays with `except`, which is only slow.
   */
  pick(except?: string, reason: ExtraAttempt['reason'] = 'retry'): string {
    if (this.#endpoints.length === 1) return this.#endpoints[0]!.url;
    const now = this.#clock.now();
    const others = this.#endpoints.filter(({ url }) => url !== except);
    const usable = others.filter(({ ejectedUntil }) => ejectedUntil <= now);
    if (except !== undefined && reason === 'hedge' && usable.length === 0) return except;
    const candidates = [usable, others, this.#endpoints].find((endpoints) => endpoints.length > 0)!;
    const priority = Math.min(...candidates.map((endpoint) => endpoint.priority));
    const equals = candidates.filter((endpoint) => endpoint.priority === priority);
    const turn = except === undefined ? (this.#turn += 1) : (this.#extraTurn += 1);
    return equals[turn % equals.length]!.url;
  }

  findPriority(url: string): number | undefined {
    return this.#find(url)?.priority;
  }

  /**
   * Records the result of an attempt. Results of calls that were sent before the last ejection or draining are dropped:
   * they neither end an ejection nor start the next one. After an ejection one failure ejects the endpoint again.
   *
   * @param sentAt when the attempt was sent, on the clock
   */
  report(url: string, outcome: Outcome, sentAt: number): void {
    const endpoint = this.#find(url);
    if (endpoint && outcome === 'success') endpoint.respondedAt = this.#clock.now();
    if (!endpoint || outcome === 'ignored' || sentAt < endpoint.removedAt) return;
    if (outcome === 'success') {
      endpoint.test.succeeded();
      endpoint.consecutiveFailures = 0;
      endpoint.ejections = 0;
      endpoint.ejectedUntil = -Infinity;
      return;
    }
    endpoint.consecutiveFailures += 1;
    const isFailing = endpoint.test.failed() || endpoint.ejections > 0;
    const now = this.#clock.now();
    if (
      !isFailing ||
      endpoint.ejectedUntil > now ||
      !this.#isOutlier(endpoint, now) ||
      !this.#mayEject(endpoint, now)
    )
      return;
    endpoint.ejections += 1;
    endpoint.consecutiveFailures = 0;
    endpoint.test.restart();
    endpoint.removedAt = now;
    endpoint.ejectedUntil = now + this.#settings.ejectionMs * endpoint.ejections;
  }

  /**
   * Returns whether an endpoint other than `url` has responded at `since` or later. This distinguishes a slow endpoint
   * from a slow upstream: a timeout by the estimate is the endpoint's failure only if another endpoint responded
   * meanwhile.
   */
  respondedElsewhere(url: string, since: number): boolean {
    return this.#endpoints.some((endpoint) => endpoint.url !== url && endpoint.respondedAt >= since);
  }

  /** Removes a draining endpoint for the time of a restart. Draining is no failure. */
  drain(url: string): void {
    const endpoint = this.#find(url);
    if (!endpoint) return;
    endpoint.removedAt = this.#clock.now();
    endpoint.ejectedUntil = Math.max(endpoint.ejectedUntil, endpoint.removedAt + RESTART_MS);
  }

  /** Returns in `ejectedMs` the time until an endpoint gets calls again, in milliseconds; 0 if it gets calls. */
  describe() {
    const now = this.#clock.now();
    return this.#endpoints.map(({ url, priority, consecutiveFailures, ejectedUntil }) => ({
      url,
      priority,
      failures: consecutiveFailures,
      ejectedMs: Math.max(0, ejectedUntil - now),
    }));
  }

  #find(url: string): Endpoint | undefined {
    return this.#endpoints.find((endpoint) => endpoint.url === url);
  }

  /** If all endpoints fail, the upstream fails: an ejection would only add load to the others. */
  #isOutlier({ test }: Endpoint, now: number): boolean {
    return this.#endpoints.some((other) => other.ejectedUntil <= now && other.test.excess <= test.excess / 2);
  }

  #mayEject({ priority }: Endpoint, now: number): boolean {
    const equals = this.#endpoints.filter((endpoint) => endpoint.priority === priority);
    const ejected = equals.filter(({ ejectedUntil }) => ejectedUntil > now).length;
    return (
      ejected + 1 <= equals.length * this.#settings.maxEjected ||
      this.#endpoints.some((endpoint) => endpoint.priority !== priority && endpoint.ejectedUntil <= now)
    );
  }
}

/** Parses `a,b|c`: `,` separates equal endpoints, `|` separates priorities, the preferred first. */
export const parseEndpoints = (list: string): string[][] => list.split('|').map(parseCommaList);
