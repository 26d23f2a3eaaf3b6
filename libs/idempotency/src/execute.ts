import { Stream } from 'node:stream';
import { HttpException, StreamableFile } from '@nestjs/common';
import { type HttpResponse, isSent, setHeaders, toRequestId } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { type FinalResponse, replayableHeaders } from './final-response.ts';
import type { HttpRequest } from './http-exchange.ts';
import { type Outcome, toOutcome } from './outcome.ts';

export type ExecutionResult =
  | { readonly outcome: 'final'; readonly response: FinalResponse }
  | { readonly outcome: Exclude<Outcome, 'final'>; readonly thrown: unknown };

/** Runs a handler and its pipes. Never rejects. */
export async function execute(
  handle: () => Promise<unknown>,
  request: HttpRequest,
  reply: HttpResponse,
): Promise<ExecutionResult> {
  const before = readHead(reply);
  try {
    const value = await handle();
    const head = isSent(reply) ? restoreStatus(before, readHead(reply)) : readHead(reply);
    return { outcome: 'final', response: toFinalResponse(value, head) };
  } catch (thrown) {
    const outcome = REJECTED_BY_PIPES in request ? 'not-executed' : toOutcome(thrown);
    if (outcome !== 'final') return { outcome, thrown };
    if (thrown instanceof HttpException) return { outcome, response: toExceptionResponse(thrown) };
    if (!(thrown instanceof Problem)) return { outcome: 'unknown', thrown };
    // The first client gets all headers. A replay gets the replayable ones.
    if (!isSent(reply)) setHeaders(reply, thrown.headers);
    const { status, headers, body } = thrown.toResponse(toRequestId(request));
    const response = { status, headers: replayableHeaders(headers), body: Buffer.from(body) };
    return { outcome, response };
  }
}

/** Nest marks a request that a pipe rejected. Its handler did not run. */
const REJECTED_BY_PIPES = Symbol.for('nestjs:rejected-by-pipes');

/** Returns the response that Nest's own exception filter sends. */
function toExceptionResponse(exception: HttpException): FinalResponse {
  const status = exception.getStatus();
  const response = exception.getResponse();
  const { errorCode } = exception;
  const content =
    typeof response === 'object'
      ? response
      : { statusCode: status, message: response, ...(errorCode !== undefined && { errorCode }) };
  const [body, contentType] = toBytes(content);
  return { status, headers: { 'content-type': contentType }, body };
}

const readHead = (reply: HttpResponse) => ({ status: reply.statusCode, headers: { ...reply.getHeaders() } });
type Head = ReturnType<typeof readHead>;

/** A 504 at the deadline has replaced the status and the type, so both come from before the handler. */
const restoreStatus = (before: Head, { headers }: Head): Head => ({
  status: before.status,
  headers: { ...headers, 'content-type': before.headers['content-type'] },
});

function toFinalResponse(value: unknown, head: Head): FinalResponse {
  const { status } = head;
  if (status >= 500) throw new Error(`an idempotent route must throw a Problem to respond with ${status}`);
  if (isStream(value)) throw new Error('an idempotent route cannot stream its response');
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
