import { parseCommaList } from '#libs/http';
import type { Outcome } from './call.ts';
import type { Clock } from './clock.ts';

/**
 * Outlier ejection as Envoy does it: an endpoint that fails time after time is left out for a while, longer each
 * time, but never so many of a tier that those which are left would be overrun, unless another tier can take over.
 */
export interface EndpointSettings {
  /** Failures in a row that eject an endpoint. */
  readonly ejectAfterFailures: number;
  /** How long the first ejection lasts, in milliseconds; the n-th in a row lasts n times as long. */
  readonly ejectionMs: number;
  /** The largest share of a tier that may be out at a time while no other tier has an endpoint in, 0 to 1. */
  readonly maxEjected: number;
}

export const endpointDefaults: EndpointSettings = {
  ejectAfterFailures: 5,
  ejectionMs: 30_000,
  maxEjected: 0.5,
};

/** How long an endpoint that said it would stop is left out, in milliseconds. */
const RESTART_MS = 5000;

interface Endpoint {
  readonly url: string;
  readonly tier: number;
  failures: number;
  /** Ejections without a success between them. */
  ejections: number;
  /** On the clock; in the past where it is in. */
  ejectedUntil: number;
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
  #turn = 0;

  /** @throws Error where there is no endpoint */
  constructor(tiers: readonly (readonly string[])[], settings: EndpointSettings, clock: Clock) {
    this.#endpoints = tiers.flatMap((urls, tier) =>
      urls.map((url) => ({ url, tier, failures: 0, ejections: 0, ejectedUntil: Number.NEGATIVE_INFINITY })),
    );
    if (this.#endpoints.length === 0) throw new Error('an upstream needs an endpoint');
    this.#settings = settings;
    this.#clock = clock;
  }

  /**
   * The endpoint for one attempt: in turn among those of the most preferred tier that has one in. `except` is the
   * one that just failed or is slow: another of its tier is taken, or of the next one; where all those are out, one of
   * them, for it may be back, as it is in a rolling restart, while this one is known to fail.
   */
  pick(except?: string): string {
    const now = this.#clock.now();
    const others = this.#endpoints.filter(({ url }) => url !== except);
    const usable = others.filter(({ ejectedUntil }) => ejectedUntil <= now);
    const candidates = [usable, others, this.#endpoints].find((endpoints) => endpoints.length > 0)!;
    const tier = Math.min(...candidates.map((endpoint) => endpoint.tier));
    const equals = candidates.filter((endpoint) => endpoint.tier === tier);
    this.#turn += 1;
    return equals[this.#turn % equals.length]!.url;
  }

  /** How far down an endpoint is in the order of preference, from 0; `undefined` where there is no such endpoint. */
  tierOf(url: string): number | undefined {
    return this.#endpoints.find((endpoint) => endpoint.url === url)?.tier;
  }

  /** Tells how an attempt at an endpoint went. One that comes back from an ejection is on probation: one failure ejects it. */
  report(url: string, outcome: Outcome): void {
    const endpoint = this.#endpoints.find((candidate) => candidate.url === url);
    if (!endpoint || outcome === 'ignored') return;
    if (outcome === 'success') {
      endpoint.failures = 0;
      endpoint.ejections = 0;
      endpoint.ejectedUntil = Number.NEGATIVE_INFINITY;
      return;
    }
    endpoint.failures += 1;
    const now = this.#clock.now();
    const limit = endpoint.ejections > 0 ? 1 : this.#settings.ejectAfterFailures;
    if (endpoint.failures < limit || endpoint.ejectedUntil > now || !this.#mayEject(endpoint, now)) return;
    endpoint.ejections += 1;
    endpoint.failures = 0;
    endpoint.ejectedUntil = now + this.#settings.ejectionMs * endpoint.ejections;
  }

  /** Tells that an endpoint is about to stop: it is left out for as long as a restart takes, which is no failure. */
  leaving(url: string): void {
    const endpoint = this.#endpoints.find((candidate) => candidate.url === url);
    if (endpoint) endpoint.ejectedUntil = Math.max(endpoint.ejectedUntil, this.#clock.now() + RESTART_MS);
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

  #mayEject({ tier }: Endpoint, now: number): boolean {
    const equals = this.#endpoints.filter((endpoint) => endpoint.tier === tier);
    const out = equals.filter(({ ejectedUntil }) => ejectedUntil > now).length;
    return (
      out + 1 <= equals.length * this.#settings.maxEjected ||
      this.#endpoints.some((endpoint) => endpoint.tier !== tier && endpoint.ejectedUntil <= now)
    );
  }
}

/** `a,b|c`: `,` separates equal endpoints, `|` separates tiers, the most preferred first. */
export const parseEndpoints = (list: string): string[][] => list.split('|').map(parseCommaList);
