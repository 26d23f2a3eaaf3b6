import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLargeBody, LifecycleState, REQUEST_ID, SERVICE_DRAINING } from '@film-store/core';
import { PROBLEM_MEDIA_TYPE, type PreparedProblem } from '@film-store/problem';
import { recordServerRequest } from '@film-store/telemetry';
import { endConnection } from './connection-end.ts';
import type { Trust } from './request-class.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { TurnLimit } from './turn-limit.ts';

/** Responses in one turn of the event loop. */
const RESPONSES_PER_TURN = 8;

/**
 * Responds to requests that no handler serves, before the hooks that serve a request. It writes to the response of Node:
 * the hooks of Fastify and the exception layer of Nest would cost several times as much.
 */
export class EarlyResponses {
  readonly #trust: Trust;
  readonly #phase: LifecycleState;
  readonly #headers: readonly string[];
  readonly #turn = new TurnLimit(RESPONSES_PER_TURN);

  constructor(trust: Trust, phase = new LifecycleState()) {
    this.#trust = trust;
    this.#phase = phase;
    this.#headers = [
      'cache-control',
      'no-store',
      'content-type',
      `${PROBLEM_MEDIA_TYPE}; charset=utf-8`,
      ...(trust === 'public' ? Object.entries(SECURITY_HEADERS).flat() : []),
    ];
  }

  /** @param retryAfter value of the header `Retry-After` */
  readonly send = (
    request: FastifyRequest,
    reply: FastifyReply,
    problem: PreparedProblem,
    retryAfter?: string,
  ): void => {
    this.#turn.run(() => this.#respond(request, reply, problem, retryAfter));
  };

  #respond(
    request: FastifyRequest,
    reply: FastifyReply,
    problem: PreparedProblem,
    retryAfter?: string,
  ): void {
    const { raw } = reply;
    if (raw.destroyed) return;
    const { status } = problem;
    // Fastify creates it at each access.
    const { url: route, bodyLimit } = request.routeOptions;
    const body = problem.toBody(request.id);
    const headers = [
      ...this.#headers,
      REQUEST_ID,
      request.id,
      'content-length',
      String(Buffer.byteLength(body)),
    ];
    for (const name in problem.headers) headers.push(name, problem.headers[name]!);
    if (retryAfter !== undefined) headers.push('retry-after', retryAfter);
    this.#addConnection(isLargeBody(request.headers, bodyLimit), raw, headers);
    raw.writeHead(status, headers).end(body);
    recordServerRequest(request.method, route, status, reply.elapsedTime);
  }

  #addConnection(close: boolean, response: ServerResponse, added: string[]): void {
    const isDraining = this.#phase.current === 'draining';
    if (isDraining && this.#trust === 'internal') added.push(SERVICE_DRAINING, 'true');
    if (isDraining || close) added.push('connection', endConnection(response));
  }
}
