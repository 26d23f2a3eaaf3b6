import { type Clock, parseCommaList } from '@film-store/core';
import type { ExtraAttempt, Outcome } from './call.ts';

/**
 * Outlier ejection after Envoy: an endpoint that fails in a row, or at a high rate, is left out for a while, longer
 * each time. At most a share of a tier is out at a time, so that the rest is not overrun, unless another tier can
 * take over.
 */
export interface EndpointSettings {
  /** Failures in a row that eject an endpoint. */
  readonly ejectAfterFailures: number;
  /** Share of failures among the last `rateWindow` results that ejects an endpoint, 0 to 1. */
  readonly ejectAtFailureRate: number;
  /** How many results make a rate; with fewer, only failures in a row count. From 1. */
  readonly rateWindow: number;
  /** How long the first ejection lasts, in milliseconds; the n-th in a row lasts n times as long. */
  readonly ejectionMs: number;
  /** The largest share of a tier that may be out at a time while no other tier has an endpoint in, 0 to 1. */
  readonly maxEjected: number;
}

/** The rate and its window are those at which a breaker opens: half of 20 calls. */
export const endpointDefaults: EndpointSettings = {
  ejectAfterFailures: 5,
  ejectAtFailureRate: 0.5,
  rateWindow: 20,
  ejectionMs: 30_000,
  maxEjected: 0.5,
};

/** How long an endpoint that drains is left out, in milliseconds: about what a restart takes. */
const RESTART_MS = 5000;

interface Endpoint {
  readonly url: string;
  readonly tier: number;
  /** In a row. */
  failures: number;
  /** The last ones, the oldest first. */
  results: Exclude<Outcome, 'ignored'>[];
  /** Ejections without a success between them. */
  ejections: number;
  /** When it was last taken out, on the clock. Results of calls that were sent before say nothing any more. */
  outSince: number;
  /** On the clock; in the past where it is in. */
  ejectedUntil: number;
  /** When it last answered a call, on the clock. */
  answeredAt: number;
}

export interface EndpointState {
  readonly url: string;
  readonly tier: number;
  readonly failures: number;
  /** Milliseconds until it is tried again; 0 where it is in. */
  readonly ejectedMs: number;
}

/** Where one upstream can be reached: tiers in order of preference, the endpoints of a tier being equal. */
export class Endpoints {
  readonly #endpoints: readonly Endpoint[];
  readonly #settings: EndpointSettings;
  readonly #clock: Clock;
  /** First and extra attempts count apart: else, of two endpoints, a hedge would give the slow one the next turn too. */
  #turn = 0;
  #extraTurn = 0;

  /** @throws Error where there is no endpoint */
  constructor(tiers: readonly (readonly string[])[], settings: EndpointSettings, clock: Clock) {
    this.#endpoints = tiers.flatMap((urls, tier) =>
      urls.map((url) => ({
        url,
        tier,
        failures: 0,
        results: [],
        ejections: 0,
        outSince: Number.NEGATIVE_INFINITY,
        ejectedUntil: Number.NEGATIVE_INFINITY,
        answeredAt: Number.NEGATIVE_INFINITY,
      })),
    );
    if (this.#endpoints.length === 0) throw new Error('an upstream needs an endpoint');
    this.#settings = settings;
    this.#clock = clock;
  }

  /**
   * Picks the endpoint of one attempt: in turn among those of the most preferred tier that has one in.
   *
   * @param except the endpoint of the attempt before, which failed or is slow; another one is picked where there is one
   * @param why where all others are out, a retry goes to one of them, for it may be back, as in a rolling restart, while
   *   `except` is known to fail; a hedge stays with `except`, which is only slow
   */
  pick(except?: string, why: ExtraAttempt['reason'] = 'retry'): string {
    const now = this.#clock.now();
    const others = this.#endpoints.filter(({ url }) => url !== except);
    const usable = others.filter(({ ejectedUntil }) => ejectedUntil <= now);
    if (except !== undefined && why === 'hedge' && usable.length === 0) return except;
    const candidates = [usable, others, this.#endpoints].find((endpoints) => endpoints.length > 0)!;
    const tier = Math.min(...candidates.map((endpoint) => endpoint.tier));
    const equals = candidates.filter((endpoint) => endpoint.tier === tier);
    const turn = except === undefined ? (this.#turn += 1) : (this.#extraTurn += 1);
    return equals[turn % equals.length]!.url;
  }

  /** How far down an endpoint is in the order of preference, from 0; `undefined` where there is no such endpoint. */
  tierOf(url: string): number | undefined {
    return this.#endpoints.find((endpoint) => endpoint.url === url)?.tier;
  }

  /**
   * Records the result of an attempt. Results of calls that were sent before the endpoint was last taken out are
   * dropped: they neither end an ejection nor begin the next. An endpoint that comes back from an ejection is on
   * probation: one failure ejects it again.
   *
   * @param sentAt when the attempt was sent, on the clock
   */
  report(url: string, outcome: Outcome, sentAt: number): void {
    const endpoint = this.#endpoints.find((candidate) => candidate.url === url);
    if (endpoint && outcome === 'success') endpoint.answeredAt = this.#clock.now();
    if (!endpoint || outcome === 'ignored' || sentAt < endpoint.outSince) return;
    endpoint.results.push(outcome);
    if (endpoint.results.length > this.#settings.rateWindow) endpoint.results.shift();
    if (outcome === 'success') {
      endpoint.failures = 0;
      endpoint.ejections = 0;
      endpoint.ejectedUntil = Number.NEGATIVE_INFINITY;
      return;
    }
    endpoint.failures += 1;
    const now = this.#clock.now();
    if (endpoint.ejectedUntil > now || !this.#isOutlier(endpoint, now) || !this.#mayEject(endpoint, now))
      return;
    endpoint.ejections += 1;
    endpoint.failures = 0;
    endpoint.results = [];
    endpoint.outSince = now;
    endpoint.ejectedUntil = now + this.#settings.ejectionMs * endpoint.ejections;
  }

  /**
   * Returns whether an endpoint other than `url` has answered at `since` or later. It tells one slow endpoint from a
   * slow upstream: an attempt that our estimate ended says that its endpoint is at fault only where another one answered
   * while it waited.
   */
  answeredElsewhere(url: string, since: number): boolean {
    return this.#endpoints.some((endpoint) => endpoint.url !== url && endpoint.answeredAt >= since);
  }

  /** Leaves an endpoint out that says it drains, for as long as a restart takes. This is no failure. */
  drain(url: string): void {
    const endpoint = this.#endpoints.find((candidate) => candidate.url === url);
    if (!endpoint) return;
    const now = this.#clock.now();
    endpoint.outSince = now;
    endpoint.ejectedUntil = Math.max(endpoint.ejectedUntil, now + RESTART_MS);
  }

  describe(): EndpointState[] {
    const now = this.#clock.now();
    return this.#endpoints.map(({ url, tier, failures, ejectedUntil }) => ({
      url,
      tier,
      failures,
      ejectedMs: Math.max(0, ejectedUntil - now),
    }));
  }

  /** A rate of failures that all endpoints share is the upstream's: to leave one out would only load the others more. */
  #isOutlier(endpoint: Endpoint, now: number): boolean {
    const { ejectAfterFailures, ejectAtFailureRate, rateWindow } = this.#settings;
    if (endpoint.failures >= (endpoint.ejections > 0 ? 1 : ejectAfterFailures)) return true;
    return (
      endpoint.results.length === rateWindow &&
      failureRate(endpoint) >= ejectAtFailureRate &&
      this.#endpoints.some((other) => other.ejectedUntil <= now && failureRate(other) < ejectAtFailureRate)
    );
  }

  #mayEject({ tier }: Endpoint, now: number): boolean {
    const equals = this.#endpoints.filter((endpoint) => endpoint.tier === tier);
    const out = equals.filter(({ ejectedUntil }) => ejectedUntil > now).length;
    return (
      out + 1 <= equals.length * this.#settings.maxEjected ||
      this.#endpoints.some((endpoint) => endpoint.tier !== tier && endpoint.ejectedUntil <= now)
    );
  }
}

const failureRate = ({ results }: Endpoint): number =>
  results.filter((result) => result === 'failure').length / Math.max(1, results.length);

/** `a,b|c`: `,` separates equal endpoints, `|` separates tiers, the most preferred first. */
export const parseEndpoints = (list: string): string[][] => list.split('|').map(parseCommaList);
