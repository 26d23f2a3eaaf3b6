import { metrics, trace } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { type Degradation, degradationReason } from '@film-store/contracts';
import type { AnswerCounts } from '@film-store/ops';
import { degradedHeaders } from './degraded-headers.ts';
import { systemClock } from './clock.ts';
import { routePolicyOf } from '@film-store/http-server';

const answers = metrics
  .getMeter('film-store/degradation')
  .createCounter('degraded.answers', { description: 'Answers that were not the best there is, by feature' });

/**
 * Starts the series of a feature that may be degraded at zero, for every reason: Prometheus sees no increase in a series
 * that is born with its first degraded responses.
 * @param sources what may stand in for the best source
 */
export function startDegradedSeries(feature: string, sources: readonly string[]): void {
  for (const source of sources)
    for (const reason of degradationReason.options) answers.add(0, { feature, reason, source });
}

/**
 * Tells the `degraded` list of an answer's body in its headers, its span and its metric too. A hook, since with a single interceptor Nest
 * takes every answer through observables, which cost a tenth of a product page. Operators
 * who ask what was degraded get no degraded answer.
 */
export function addDegradedHook(fastify: FastifyInstance, service: string, counts: AnswerCounts): void {
  fastify.addHook<{ degraded?: readonly Degradation[] } | null>(
    'preSerialization',
    (request, reply, body, done) => {
      const policy = body?.degraded?.length ? routePolicyOf(request) : undefined;
      if (body?.degraded && policy) {
        const { maxStaleMs = 0 } = policy;
        const span = trace.getActiveSpan();
        for (const degradation of body.degraded) {
          const { feature, reason, source } = degradation;
          counts.degraded(degradation);
          answers.add(1, { feature, reason, source });
          span?.addEvent('answer.degraded', { feature, reason, source });
        }
        void reply.headers(
          degradedHeaders(body.degraded, { service, now: systemClock.wallNow(), maxStaleMs }),
        );
      }
      done(null, body);
    },
  );
}
