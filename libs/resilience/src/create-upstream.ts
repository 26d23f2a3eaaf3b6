import { type Clock, type FaultPoints, type Random, requestContext, systemClock } from '@film-store/core';
import { createAttemptRecorder } from './call-metrics.ts';
import { ConnectionPools } from './connection-pools.ts';
import type { BreakerTransition } from './core/breaker.ts';
import { ENDPOINT_DEFAULTS, Endpoints, parseEndpoints } from './core/endpoints.ts';
import { HttpUpstream } from './http-upstream.ts';
import { createPipeline } from './pipeline.ts';
import { type UpstreamPolicies, upstreamPolicies } from './policy-options.ts';
import { type UpstreamCall, createTransport, sendThroughFaultPoint } from './transport.ts';
import { classify, classifyRetry } from './upstream-failure.ts';

export interface UpstreamOptions {
  /** Base addresses without a path: `,` separates equal endpoints, `|` separates priorities, the preferred first. */
  readonly url: string;
  /** Options of the policies; those that are absent have their defaults. */
  readonly policies?: Partial<UpstreamPolicies>;
  /** Headers that only requests to this upstream have. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the upstream is a trusted service, whose `X-Service-Draining` counts. @default false */
  readonly internal?: boolean;
  /**
   * Longest time of a call, with its retries, without a deadline of a request context, in milliseconds. Range 1 to
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
  const { headers = {}, internal = false, deadlineMs = 2000, onTransition, faultPoints } = options;
  const { clock = systemClock, random = Math.random } = options;
  const policies = upstreamPolicies.parse(options.policies ?? {});
  const urls = parseEndpoints(options.url);
  const endpoints = new Endpoints(
    urls,
    {
      ...ENDPOINT_DEFAULTS,
      ejectAfterFailures: policies.ejectionConsecutiveFailures,
      ejectionMs: policies.ejectionBaseMs,
    },
    clock,
  );
  const pools = new ConnectionPools(urls.flat());
  const direct = pools.send.bind(pools);
  const send = faultPoints ? sendThroughFaultPoint(faultPoints, name, endpoints, direct) : direct;
  const wire = { name, send, headers, internal, clock };
  const transport = createTransport({ ...wire, endpoints, record: createAttemptRecorder(name) });
  return new HttpUpstream({
    name,
    clock,
    deadlineMs,
    requestCollapsing: policies.requestCollapsing,
    pipeline: createPipeline(policies, transport, {
      name,
      clock,
      random,
      classify,
      classifyRetry,
      mayHedge: (context) => (context as UpstreamCall).request.method === 'GET',
      callerRetries: () => requestContext.get()?.retryAttempt !== undefined,
      onTransition,
    }),
    // A ping picks endpoints as calls do, but reports no results.
    ping: createTransport({
      ...wire,
      endpoints: {
        pick: (except, reason) => endpoints.pick(except, reason),
        report: () => undefined,
        respondedElsewhere: () => false,
        drain: () => undefined,
      },
      record: () => undefined,
    }),
    endpoints: () => endpoints.describe(),
    close: () => pools.close(),
  });
}
