import { HttpService } from '@nestjs/axios';
import axios from 'axios';
import { type Clock, type FaultPoints, type Random, requestContext, systemClock } from '@film-store/core';
import { measureAttempts } from './attempt-metrics.ts';
import type { BreakerTransition } from './core/breaker.ts';
import { Endpoints, endpointDefaults, parseEndpoints } from './core/endpoints.ts';
import { createPipeline } from './pipeline.ts';
import type { UpstreamSettings } from './settings.ts';
import { type TransportDeps, type UpstreamCall, createTransport } from './transport.ts';
import { createPooledAdapter } from './undici-adapter.ts';
import { classify, classifyRetry } from './upstream-failure.ts';
import { Upstream } from './upstream.ts';

export interface UpstreamOptions {
  /** Base addresses without a path: `,` separates equal endpoints, `|` tiers in order of preference. */
  readonly url: string;
  readonly settings: UpstreamSettings;
  /** Sent with every request to it, and to nobody else. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it is a service of this system: only such a one is believed when it says that it drains. @default false */
  readonly internal?: boolean;
  readonly onTransition?: (transition: BreakerTransition) => void;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly faultPoints?: FaultPoints | undefined;
}

/** An upstream with its policies, over `HttpService` with connection pools of its own. */
export function createUpstream(name: string, options: UpstreamOptions): Upstream {
  const {
    url,
    settings,
    headers = {},
    internal = false,
    onTransition = () => undefined,
    clock = systemClock,
    random = Math.random,
    faultPoints,
  } = options;
  const tiers = parseEndpoints(url);
  const endpoints = new Endpoints(
    tiers,
    {
      ...endpointDefaults,
      ejectAfterFailures: settings.EJECT_AFTER_FAILURES,
      ejectionMs: settings.EJECTION_MS,
    },
    clock,
  );
  const { adapter, close } = createPooledAdapter(tiers.flat());
  const http = new HttpService(
    axios.create({ adapter, validateStatus: () => true, transformResponse: [], transformRequest: [] }),
  );
  const wire = { name, http, headers, internal, clock, faultPoints };
  const transport = measureAttempts(name, clock, createTransport({ ...wire, endpoints }));
  const pipeline = createPipeline(settings, transport, {
    name,
    clock,
    random,
    classify,
    classifyRetry,
    mayHedge: (context) => (context as UpstreamCall).request.method === 'GET',
    retriesAbove: () => requestContext.get()?.retryAttempt !== undefined,
    onTransition,
  });
  return new Upstream({
    name,
    clock,
    coalesce: settings.COALESCE,
    pipeline,
    probe: createTransport({ ...wire, endpoints: unlearning(endpoints) }),
    endpoints: () => endpoints.describe(),
    close,
  });
}

/** The same endpoints, told nothing of how an attempt went. */
const unlearning = (endpoints: Endpoints): TransportDeps['endpoints'] => ({
  pick: (except, why) => endpoints.pick(except, why),
  tierOf: (url) => endpoints.tierOf(url),
  report: () => {},
  answeredElsewhere: () => false,
  drain: () => {},
});
