import { type Clock, type FaultPoints, type Random, requestContext, systemClock } from '@film-store/core';
import { createAttemptRecorder } from './attempt-metrics.ts';
import { ConnectionPools } from './connection-pools.ts';
import type { BreakerTransition } from './core/breaker.ts';
import { Endpoints, endpointDefaults, parseEndpoints } from './core/endpoints.ts';
import { createPipeline } from './pipeline.ts';
import { type UpstreamPolicies, upstreamPolicies } from './policy-options.ts';
import {
  type Send,
  type TransportDeps,
  type UpstreamCall,
  createTransport,
  sendThroughFaultPoint,
} from './transport.ts';
import { classify, classifyRetry } from './upstream-failure.ts';
import { HttpUpstream } from './http-upstream.ts';

export interface UpstreamOptions {
  /** Base addresses without a path: `,` separates equal endpoints, `|` tiers in order of preference. */
  readonly url: string;
  /** Options of the policies; those that are absent have their defaults. */
  readonly policies?: Partial<UpstreamPolicies>;
  /** Sent with every request to it, and to nobody else. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it is a service of this system: only such a one is believed when it says that it drains. @default false */
  readonly internal?: boolean;
  /**
   * Longest time of a call, with its retries, that no deadline of a request context bounds, in milliseconds. Range 1 to
   * 600,000. @default 2000, as long as one attempt may take
   */
  readonly deadlineMs?: number;
  readonly onTransition?: (transition: BreakerTransition) => void;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly faultPoints?: FaultPoints | undefined;
}

/**
 * Creates an upstream with its policies and its own connection pools.
 * @throws ZodError that lists all invalid policy options
 */
export function createUpstream(name: string, options: UpstreamOptions): HttpUpstream {
  const {
    url,
    headers = {},
    internal = false,
    deadlineMs = 2000,
    onTransition = () => undefined,
    clock = systemClock,
    random = Math.random,
    faultPoints,
  } = options;
  const policies = upstreamPolicies.parse(options.policies ?? {});
  const tiers = parseEndpoints(url);
  const endpoints = new Endpoints(
    tiers,
    {
      ...endpointDefaults,
      ejectAfterFailures: policies.ejectionConsecutiveFailures,
      ejectionMs: policies.ejectionBaseMs,
    },
    clock,
  );
  const pools = new ConnectionPools(tiers.flat());
  const direct: Send = pools.send.bind(pools);
  const send = faultPoints ? sendThroughFaultPoint(faultPoints, name, endpoints, direct) : direct;
  const wire = { name, send, headers, internal, clock };
  const transport = createTransport({ ...wire, endpoints, record: createAttemptRecorder(name) });
  const pipeline = createPipeline(policies, transport, {
    name,
    clock,
    random,
    classify,
    classifyRetry,
    mayHedge: (context) => (context as UpstreamCall).request.method === 'GET',
    retriesAbove: () => requestContext.get()?.retryAttempt !== undefined,
    onTransition,
  });
  return new HttpUpstream({
    name,
    clock,
    deadlineMs,
    coalesce: policies.requestCollapsing,
    pipeline,
    probe: createTransport({ ...wire, endpoints: withoutReports(endpoints), record: () => {} }),
    endpoints: () => endpoints.describe(),
    close: () => pools.close(),
  });
}

/** Returns the same endpoints, which learn nothing from the result of an attempt. */
const withoutReports = (endpoints: Endpoints): TransportDeps['endpoints'] => ({
  pick: (except, reason) => endpoints.pick(except, reason),
  report: () => {},
  answeredElsewhere: () => false,
  drain: () => {},
});
