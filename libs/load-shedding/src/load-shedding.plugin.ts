import { AsyncResource } from 'node:async_hooks';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  DEGRADED,
  IDEMPOTENT_REPLAYED,
  type Priority,
  REQUEST_ID,
  hasContent,
  monotonicNow,
} from '@film-store/core';
import { PROBLEM_MEDIA_TYPE, Problem } from '@film-store/problem';
import type { Admission, Decision, Permit, Refusal, WorkOutcome } from './load-shedder.ts';
import { aroundHandlers } from './around-handlers.ts';

/** How important a request is, and when its response stops being of use, on the clock of `monotonicNow`. */
export interface RequestClass {
  readonly priority: Priority;
  readonly deadline: number;
}

export interface AdmissionOptions {
  readonly admission: Admission;
  /** Returns `undefined` for a request that needs no permit, such as a health check. */
  readonly classify: (request: FastifyRequest) => RequestClass | undefined;
  /** Receives every request that is shed, before its response is sent. */
  readonly onShed?: (request: FastifyRequest, shed: ShedRequest) => void;
  /** From 0 up to but not including 1, uniform. */
  readonly random: () => number;
}

export interface ShedRequest {
  readonly status: number;
  readonly priority: Priority;
  readonly refusal: Refusal;
}

/**
 * Lets requests in, or refuses them before their body is read, a span is opened or a line is logged. Operations go
 * past it, and so do what is not valid and what came too late, which are refused without taking a place.
 *
 * A body that does not come along with its head may take as long as its sender likes: it holds no place meanwhile.
 * When it is there, its request has to be let in once more.
 * Call it before the hooks that serve requests are added, and before there are routes.
 */
export function addAdmissionHooks(
  fastify: FastifyInstance,
  { admission, classify, onShed, random }: AdmissionOptions,
): void {
  const permits = new WeakMap<FastifyRequest, HeldPermit>();

  const letIn = (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    const requestClass = classify(request);
    if (!requestClass) return done();
    const { priority, deadline } = requestClass;
    const decide = (decision: Decision): void => {
      if (!decision.admitted) {
        // Its time may have run out while it waited.
        if (reply.sent) return;
        onShed?.(request, { status: OVERLOADED.status, priority, refusal: decision.refusal });
        return refuse(request, reply, random);
      }
      permits.set(request, new HeldPermit(decision.permit, reply, deadline));
      done();
    };
    // What lets it in after a wait is the end of another request, in whose context it must not go on.
    const scope = new AsyncResource('ARRIVAL');
    const leave = admission.admit(priority, deadline, (decision) =>
      scope.runInAsyncScope(decide, undefined, decision),
    );
    reply.raw.once('close', () => {
      leave();
      permits.get(request)?.releaseUnused();
    });
  };

  fastify.addHook('onRequest', (request, reply, done) => {
    letIn(request, reply, () => {
      if (hasContent(request.headers)) setImmediate(giveUpWithoutBody, request);
      done();
    });
  });

  const giveUpWithoutBody = (request: FastifyRequest): void => {
    if (!request.raw.complete && permits.get(request)?.releaseUnused()) permits.delete(request);
  };

  fastify.addHook('preValidation', (request, reply, done) => {
    if (permits.has(request)) done();
    else letIn(request, reply, done);
  });

  // A response without a handler, a 404 for example, needs no permit while its client reads it.
  fastify.addHook('onSend', (request, _reply, _payload, done) => {
    permits.get(request)?.releaseUnused();
    done();
  });

  aroundHandlers(fastify, (request) => permits.get(request)?.begin());
}

/**
 * The permit of one request. It ends when the handler has settled: a client that has left, or a deadline that has
 * passed, does not end the work, and a client that reads its response slowly causes none.
 */
class HeldPermit {
  readonly #permit: Permit;
  readonly #reply: FastifyReply;
  readonly #deadline: number;
  #beganAt: number | undefined;

  constructor(permit: Permit, reply: FastifyReply, deadline: number) {
    this.#permit = permit;
    this.#reply = reply;
    this.#deadline = deadline;
  }

  /** Starts the work, and returns the function to call when the handler has settled. */
  begin(): () => void {
    const beganAt = monotonicNow();
    this.#beganAt = beganAt;
    return () => this.#permit.release(outcomeOf(this.#reply, this.#deadline), monotonicNow() - beganAt);
  }

  /** Releases the permit, and returns `true`, unless the handler has begun. */
  releaseUnused(): boolean {
    if (this.#beganAt !== undefined) return false;
    this.#permit.release('ignored', 0);
    return true;
  }
}

/**
 * Only a 2xx that did all it was there for says how fast the server is. A 404, a refused body or a replayed answer is
 * fast however much there is to do, a failure may be, and a degraded answer is as slow as the upstream it gave up.
 * A client that has left may have cut the work short.
 */
function outcomeOf(reply: FastifyReply, deadline: number): WorkOutcome {
  const { statusCode, raw } = reply;
  if (raw.destroyed && !raw.writableFinished) return 'ignored';
  if (statusCode === 504 && monotonicNow() >= deadline) return 'failure';
  const full = !reply.hasHeader(DEGRADED) && !reply.hasHeader(IDEMPOTENT_REPLAYED);
  return statusCode >= 200 && statusCode < 300 && full ? 'success' : 'ignored';
}

const OVERLOADED = new Problem('overloaded');
let overloadedParts: string[] | undefined;
/** Serializes the body once, at the first refusal: by then the application has set the type of its problems. */
const overloadedBody = (requestId: string): string =>
  (overloadedParts ??= JSON.stringify(OVERLOADED.toBody('@')).split('@')).join(requestId);
/** A refused client is to come back after 1 s to so many, so that they do not all come at once. */
const RETRY_AFTER_MAX_S = 3;

/** Request ids need no escaping: see `isRequestId`. */
function refuse(request: FastifyRequest, reply: FastifyReply, random: () => number): void {
  const headers = {
    [REQUEST_ID]: request.id,
    'retry-after': String(1 + Math.floor(random() * RETRY_AFTER_MAX_S)),
    'cache-control': 'no-store',
    'content-type': PROBLEM_MEDIA_TYPE,
    // Node reads and drops a body nobody wants, to keep the connection. One too large is not worth that.
    ...(hasLargeBody(request) && { connection: 'close' }),
  };
  void reply.code(OVERLOADED.status).headers(headers).send(overloadedBody(request.id));
}

const hasLargeBody = ({ headers, routeOptions }: FastifyRequest): boolean =>
  headers['transfer-encoding'] !== undefined ||
  Number(headers['content-length'] ?? 0) > (routeOptions.bodyLimit ?? 0);
