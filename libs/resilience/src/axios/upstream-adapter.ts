import { STATUS_CODES } from 'node:http';
import axios, {
  type AxiosAdapter,
  AxiosError,
  AxiosHeaders,
  type AxiosResponse,
  CanceledError,
  type InternalAxiosRequestConfig,
} from 'axios';
import type { HttpExchange } from '@film-store/core';
import { Problem } from '@film-store/problem';
import { Cancelled } from '../core/errors.ts';
import { toErrorCode, toErrorResponse } from '../upstream-failure.ts';
import type { HttpUpstream } from '../http-upstream.ts';
import { toRawRequest } from './to-raw-request.ts';

/**
 * Sends the requests of an axios instance through the policies of an upstream. Interceptors, transforms and defaults of
 * axios work as usual. Absolute addresses and bodies that cannot be sent twice (streams, form data) are rejected,
 * redirects are not followed, and `proxy`, agents and progress events have no effect.
 */
export function createUpstreamAdapter(upstream: Pick<HttpUpstream, 'send'>): AxiosAdapter {
  return async (config) => {
    const request = toRawRequest(config);
    const cancellation = listenForCancel(config);
    let exchange: HttpExchange;
    let problem: unknown;
    try {
      exchange = await upstream.send({ ...request, signal: cancellation.signal });
    } catch (error) {
      if (cancellation.signal.aborted) throw canceled(config);
      const received = toErrorResponse(error);
      if (!received) throw toAxiosError(error, config);
      exchange = received;
      problem = error;
    } finally {
      cancellation.stop();
    }
    return settle(toAxiosResponse(exchange, config), problem);
  };
}

/** @throws AxiosError when `validateStatus` rejects the status, with the problem as its cause */
function settle(response: AxiosResponse, problem: unknown): AxiosResponse {
  const { status, config } = response;
  if (!config.validateStatus || config.validateStatus(status)) return response;
  const code = status >= 400 && status < 500 ? AxiosError.ERR_BAD_REQUEST : AxiosError.ERR_BAD_RESPONSE;
  const message = `Request failed with status code ${status}`;
  throw withCause(new AxiosError(message, code, config as never, undefined, response), problem);
}

const toAxiosResponse = (
  { status, headers, data }: HttpExchange,
  config: InternalAxiosRequestConfig,
): AxiosResponse => ({
  status,
  statusText: STATUS_CODES[status] ?? '',
  headers: toAxiosHeaders(headers),
  data: decodeBody(data, config),
  config,
});

/**
 * Returns a body as `responseType` requires it: a `Buffer` for `arraybuffer`, else text, which axios itself parses.
 * @param data one character for each byte of the body
 */
function decodeBody(data: string, config: InternalAxiosRequestConfig): Buffer | string {
  const { responseType, responseEncoding = 'utf8' } = config;
  const bytes = Buffer.from(data, 'latin1');
  if (responseType === 'arraybuffer') return bytes;
  const text = bytes.toString(responseEncoding as BufferEncoding);
  return responseEncoding === 'utf8' ? text.replace(/^\uFEFF/, '') : text;
}

/** Keeps several `set-cookie` as a list, and joins several headers of another name, as Node does. */
function toAxiosHeaders(headers: Readonly<Record<string, string | readonly string[]>>): AxiosHeaders {
  const result = new AxiosHeaders();
  for (const [name, value] of Object.entries(headers)) {
    const values = typeof value === 'string' ? [value] : [...value];
    result.set(name, name === 'set-cookie' ? values : values.join(', '));
  }
  return result;
}

/** Joins `signal` and `cancelToken`, by which a caller of axios cancels a request. */
function listenForCancel({ signal, cancelToken }: InternalAxiosRequestConfig) {
  const controller = new AbortController();
  const cancel = (): void => controller.abort();
  if (signal?.aborted || cancelToken?.reason) cancel();
  signal?.addEventListener?.('abort', cancel);
  cancelToken?.subscribe(cancel);
  return {
    signal: controller.signal,
    stop(): void {
      signal?.removeEventListener?.('abort', cancel);
      cancelToken?.unsubscribe(cancel);
    },
  };
}

const canceled = (config: InternalAxiosRequestConfig): unknown =>
  axios.isCancel(config.cancelToken?.reason)
    ? config.cancelToken?.reason
    : new CanceledError(undefined, config);

/**
 * Returns the axios error for a call that got no response. `cause` is the problem.
 *
 * | problem | code |
 * |---|---|
 * | `upstream-timeout`, `deadline-exceeded` | `ECONNABORTED`; `ETIMEDOUT` with `clarifyTimeoutError` |
 * | `upstream-unreachable` | code of the system, such as `ECONNREFUSED`, or `ERR_NETWORK` |
 * | `upstream-bad-response` | `ERR_BAD_RESPONSE` |
 * | `breaker-open`, `bulkhead-full` | `ERR_NETWORK` |
 * | none: the caller of this service has left | `ERR_CANCELED` |
 */
function toAxiosError(error: unknown, config: InternalAxiosRequestConfig): AxiosError {
  if (error instanceof Cancelled) return withCause(new CanceledError(undefined, config), error);
  return withCause(new AxiosError(toMessage(error, config), toAxiosCode(error, config), config), error);
}

/** Sets `cause` as standard errors have it: not enumerable, so that logs do not show it twice. */
function withCause(error: AxiosError, cause: unknown): AxiosError {
  if (cause !== undefined)
    Object.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
  return error;
}

const isTimeout = (error: unknown): boolean =>
  error instanceof Problem && (error.code === 'upstream-timeout' || error.code === 'deadline-exceeded');

function toAxiosCode(error: unknown, { transitional }: InternalAxiosRequestConfig): string {
  if (isTimeout(error))
    return transitional?.clarifyTimeoutError ? AxiosError.ETIMEDOUT : AxiosError.ECONNABORTED;
  if (!(error instanceof Problem)) return AxiosError.ERR_NETWORK;
  if (error.code === 'upstream-bad-response') return AxiosError.ERR_BAD_RESPONSE;
  return error.code === 'upstream-unreachable' ? toSystemCode(error) : AxiosError.ERR_NETWORK;
}

function toSystemCode({ cause }: Problem): string {
  const code = toErrorCode(cause);
  if (code === 'UND_ERR_SOCKET') return 'ECONNRESET';
  return code === undefined || code.startsWith('UND_ERR') ? AxiosError.ERR_NETWORK : code;
}

function toMessage(error: unknown, { timeout, timeoutErrorMessage }: InternalAxiosRequestConfig): string {
  if (isTimeout(error)) {
    if (timeoutErrorMessage) return timeoutErrorMessage;
    if (timeout) return `timeout of ${timeout}ms exceeded`;
  }
  return error instanceof Error ? error.message : String(error);
}
