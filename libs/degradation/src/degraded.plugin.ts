import { lazyInstruments } from '@film-store/core/instruments';
import { trace } from '@opentelemetry/api';
import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Degradation, degradationReason } from './degradation.ts';
import { degradedHeaders } from './degraded-headers.ts';
import { systemClock } from '@film-store/core';

const answers = lazyInstruments('@film-store/degradation', (meter) =>
  meter.createCounter('degraded.answers', {
    description: 'Answers that were not the best there is, by feature',
  }),
);

/**
 * Starts the series of a feature that may be degraded at zero, for every reason: Prometheus sees no increase in a series
 * that is born with its first degraded responses.
 * @param sources what may stand in for the best source
 */
export function startDegradedSeries(feature: string, sources: readonly string[]): void {
  for (const source of sources)
    for (const reason of degradationReason.options) answers().add(0, { feature, reason, source });
}

export interface DegradedHookOptions {
  /** Name of the service in `Cache-Status`: a token (RFC 9651 § 3.3.4). */
  readonly service: string;
  /**
   * Returns the greatest age of old data that the route may serve, in milliseconds; 0 where it serves none. Returns
   * `undefined` for a route whose responses are never degraded, such as an operators' endpoint.
   */
  readonly maxStaleMsOf: (request: FastifyRequest) => number | undefined;
  /** Receives every degraded feature of every response. */
  readonly onDegraded?: (degradation: Degradation) => void;
}

/**
 * Repeats the `degraded` list of a response body in its headers, its span and a metric. It is a Fastify hook because a
 * Nest interceptor would take every response through observables, which costs a tenth of a product page.
 */
export const degradedPlugin = fastifyPlugin(
  (
    fastify: FastifyInstance,
    { service, maxStaleMsOf, onDegraded }: DegradedHookOptions,
    loaded: () => void,
  ) => {
    fastify.addHook<{ degraded?: readonly Degradation[] } | null>(
      'preSerialization',
      (request, reply, body, done) => {
        const maxStaleMs = body?.degraded?.length ? maxStaleMsOf(request) : undefined;
        if (body?.degraded && maxStaleMs !== undefined) {
          const span = trace.getActiveSpan();
          for (const degradation of body.degraded) {
            const { feature, reason, source } = degradation;
            onDegraded?.(degradation);
            answers().add(1, { feature, reason, source });
            span?.addEvent('answer.degraded', { feature, reason, source });
          }
          void reply.headers(
            degradedHeaders(body.degraded, { service, now: systemClock.wallNow(), maxStaleMs }),
          );
        }
        done(null, body);
      },
    );
    loaded();
  },
  { name: '@film-store/degradation', fastify: '5.x' },
);
