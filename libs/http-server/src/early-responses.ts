import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLargeBody, LifecycleState, REQUEST_ID, SERVICE_DRAINING } from '@film-store/core';
import { PROBLEM_MEDIA_TYPE, type PreparedProblem } from '@film-store/problem';
import { recordServerRequest } from '@film-store/telemetry';
import { endConnection } from './connection-end.ts';
import type { Trust } from './request-class.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/**
 * Responses in one turn of the event loop. All others wait for the next turns, so that a flood adds at most this many to
 * the time until a served request continues, however many connections send it.
 */
const RESPONSES_PER_TURN = 8;

/**
 * Responds to requests that no handler serves, before the hooks that serve a request. It writes to the response of Node:
 * the hooks of Fastify and the exception layer of Nest would cost several times as much.
 */
export class EarlyResponses {
  readonly #trust: Trust;
  readonly #phase: LifecycleState;
  readonly #headers: readonly string[];
  #sentInTurn = 0;
  #waiting: (() => void)[] = [];

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
    if (this.#sentInTurn < RESPONSES_PER_TURN) this.#respond(request, reply, problem, retryAfter);
    else this.#waiting.push(() => this.#respond(request, reply, problem, retryAfter));
  };

  #respond(
    request: FastifyRequest,
    reply: FastifyReply,
    problem: PreparedProblem,
    retryAfter?: string,
  ): void {
    if (this.#sentInTurn++ === 0) setImmediate(this.#startTurn);
    const { raw } = reply;
    if (raw.destroyed) return;
    const { status } = problem;
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
    this.#addConnection(request, raw, headers);
    raw.writeHead(status, headers).end(body);
    recordServerRequest(request.method, request.routeOptions.url, status, reply.elapsedTime);
  }

  readonly #startTurn = (): void => {
    this.#sentInTurn = 0;
    for (const respond of this.#waiting.splice(0, RESPONSES_PER_TURN)) respond();
  };

  #addConnection({ headers, routeOptions }: FastifyRequest, response: ServerResponse, added: string[]): void {
    const isDraining = this.#phase.current === 'draining';
    if (isDraining && this.#trust === 'internal') added.push(SERVICE_DRAINING, 'true');
    if (isDraining || isLargeBody(headers, routeOptions.bodyLimit ?? 0))
      added.push('connection', endConnection(response));
  }
}
