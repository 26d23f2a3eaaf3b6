import { Stream } from 'node:stream';
import { HttpException, StreamableFile } from '@nestjs/common';
import { Problem } from '@film-store/problem';
import { type Answer, replayableHeaders } from './answer.ts';
import { type Fate, fateOf } from './fate.ts';
import { type HttpRequest, type HttpResponse, isSent, setHeaders, toRequestId } from './http-exchange.ts';

/** What running a handler once came to. */
export type Execution =
  | { readonly fate: 'final'; readonly answer: Answer }
  | { readonly fate: Exclude<Fate, 'final'>; readonly thrown: unknown };

/** Runs the handler, with its pipes, to its end. Never rejects. */
export async function execute(
  handle: () => Promise<unknown>,
  request: HttpRequest,
  response: HttpResponse,
): Promise<Execution> {
  const before = headOf(response);
  try {
    const value = await handle();
    const head = isSent(response) ? afterwards(response, before) : headOf(response);
    return { fate: 'final', answer: toAnswer(value, head) };
  } catch (thrown) {
    const fate = isRejectedByPipes(request) ? 'refused' : fateOf(thrown);
    if (fate !== 'final') return { fate, thrown };
    if (thrown instanceof HttpException) return { fate, answer: exceptionAnswer(thrown) };
    if (!(thrown instanceof Problem)) return { fate: 'unknown', thrown };
    // Those that are not replayed too.
    if (!isSent(response)) setHeaders(response, thrown.headers);
    return { fate, answer: problemAnswer(thrown, toRequestId(request)) };
  }
}

/** What Nest leaves on a request whose pipes refused it, so that its handler never ran. */
const REJECTED_BY_PIPES = Symbol.for('nestjs:rejected-by-pipes');
const isRejectedByPipes = (request: HttpRequest): boolean =>
  (request as { [REJECTED_BY_PIPES]?: boolean })[REJECTED_BY_PIPES] === true;

function problemAnswer(problem: Problem, requestId: string): Answer {
  const { status, headers, body } = problem.toAnswer(requestId);
  return { status, headers: replayableHeaders(headers), body: Buffer.from(body) };
}

/** Returns what Nest's own exception filter sends. */
function exceptionAnswer(exception: HttpException): Answer {
  const status = exception.getStatus();
  const response = exception.getResponse();
  const { errorCode } = exception;
  const body =
    typeof response === 'object'
      ? response
      : { statusCode: status, message: response, ...(errorCode !== undefined && { errorCode }) };
  const [bytes, contentType] = toBytes(body);
  return { status, headers: { 'content-type': contentType }, body: bytes };
}

interface Head {
  readonly status: number;
  readonly headers: ReturnType<HttpResponse['getHeaders']>;
}

const headOf = (response: HttpResponse): Head => ({
  status: response.statusCode,
  headers: { ...response.getHeaders() },
});

/** The deadline was answered for in the handler's place: what that wrote over is as it was when the handler began. */
const afterwards = (response: HttpResponse, { status, headers }: Head): Head => ({
  status,
  headers: { ...response.getHeaders(), 'content-type': headers['content-type'] },
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
