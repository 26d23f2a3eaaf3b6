import fastifyPlugin from 'fastify-plugin';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { type LifecycleState, monotonicNow } from '@film-store/core';
import { createAccessSampling } from '@film-store/telemetry';
import type { EarlyResponses } from './early-responses.ts';
import { receiveRequest, recordRejection, type Trust } from './request-class.ts';
import { logAccess } from './request-records.ts';

/** Access lines of rejected requests. A line costs as much as the response. */
const LINES_PER_SECOND = 5;

export interface RejectionOptions {
  readonly trust: Trust;
  readonly logger: Logger;
  readonly phase: LifecycleState;
  readonly early: EarlyResponses;
  /** Called with the status of every response. */
  readonly onResponse?: (status: number, degraded: boolean) => void;
}

/**
 * Responds to requests that no handler serves: unknown paths, bodies that are too large, invalid headers. They get a
 * sample of their duration, but no span of their own. Above 5 per second only some get an access line.
 */
export const rejectionPlugin = fastifyPlugin(
  async (fastify: FastifyInstance, { trust, logger, phase, early, onResponse }: RejectionOptions) => {
    const sample = createAccessSampling(LINES_PER_SECOND);
    fastify.addHook('onRequest', (request, reply, done) => {
      const received = receiveRequest(request, trust);
      if (received.kind !== 'rejected' || phase.current === 'starting') return done();
      const { problem } = received;
      const { status } = problem;
      early.send(request, reply, problem);
      onResponse?.(status, false);
      if (trust === 'internal') recordRejection(request, status);
      const sampled = sample(monotonicNow());
      if (sampled > 0) logAccess(logger, request, reply, { status, trust, sampled, requestId: request.id });
    });
  },
  {
    name: '@film-store/rejections',
    fastify: '5.x',
    dependencies: ['@film-store/connection-end', '@film-store/load-shedding'],
  },
);
