import { Stream } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '#libs/http';
import { type Answer, replayableHeaders } from './answer.ts';
import { type Fate, fateOf } from './fate.ts';

/** What running a handler once came to. A final answer may have been thrown: then it is a problem. */
export type Execution =
  | { readonly fate: 'final'; readonly answer: Answer; readonly thrown?: Problem }
  | { readonly fate: Exclude<Fate, 'final'>; readonly thrown: unknown };

/** Runs the handler, with its pipes, to its end. Never rejects. */
export async function execute(
  handle: () => Promise<unknown>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Execution> {
  const before = headOf(reply);
  try {
    const value = await handle();
    return { fate: 'final', answer: toAnswer(value, reply.sent ? afterwards(reply, before) : headOf(reply)) };
  } catch (thrown) {
    const fate = isRejectedByPipes(request) ? 'refused' : fateOf(thrown);
    return fate === 'final' && thrown instanceof Problem
      ? { fate, answer: problemAnswer(thrown, request.id), thrown }
      : { fate: fate === 'refused' ? fate : 'unknown', thrown };
  }
}

/** What Nest leaves on a request whose pipes refused it, so that its handler never ran. */
const REJECTED_BY_PIPES = Symbol.for('nestjs:rejected-by-pipes');
const isRejectedByPipes = (request: FastifyRequest): boolean =>
  (request as { [REJECTED_BY_PIPES]?: boolean })[REJECTED_BY_PIPES] === true;

function problemAnswer(problem: Problem, requestId: string): Answer {
  const { status, headers, body } = problem.toAnswer(requestId);
  return { status, headers: replayableHeaders(headers), body: Buffer.from(body) };
}

interface Head {
  readonly status: number;
  readonly headers: ReturnType<FastifyReply['getHeaders']>;
}

const headOf = (reply: FastifyReply): Head => ({
  status: reply.statusCode,
  headers: { ...reply.getHeaders() },
});

/** The deadline was answered for in the handler's place: what that wrote over is as it was when the handler began. */
const afterwards = (reply: FastifyReply, { status, headers }: Head): Head => ({
  status,
  headers: { ...reply.getHeaders(), 'content-type': headers['content-type'] },
});

/** The bytes that a handler's value becomes, the same for the first client as for a replay. */
function toAnswer(value: unknown, head: Head): Answer {
  const { status } = head;
  if (status >= 500) throw new Error(`an idempotent route must throw a Problem to answer ${status}`);
  if (isStream(value)) throw new Error('an idempotent route cannot stream its answer, which is recorded');
  const headers = replayableHeaders(head.headers);
  if (value == null) return { status, headers, body: Buffer.alloc(0) };
  const [body, contentType] = toBytes(value);
  return { status, headers: { 'content-type': contentType, ...headers }, body };
}

function toBytes(value: {}): [body: Buffer, contentType: string] {
  if (value instanceof Uint8Array) return [Buffer.from(value), 'application/octet-stream'];
  if (typeof value === 'string') return [Buffer.from(value), 'text/plain; charset=utf-8'];
  return [Buffer.from(JSON.stringify(value)), 'application/json; charset=utf-8'];
}

const isStream = (value: unknown): boolean =>
  value instanceof StreamableFile ||
  value instanceof Stream ||
  value instanceof Response ||
  (typeof value === 'object' && value !== null && Symbol.asyncIterator in value);
