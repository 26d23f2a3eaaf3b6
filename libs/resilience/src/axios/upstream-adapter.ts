import { STATUS_CODES } from 'node:http';
import axios, {
  type AxiosAdapter,
  AxiosError,
  AxiosHeaders,
  type AxiosResponse,
  type CancelToken,
  CanceledError,
  type InternalAxiosRequestConfig,
} from 'axios';
import type { HttpExchange } from '@film-store/core';
import { toErrorResponse } from '../upstream-failure.ts';
import type { RawRequest } from '../http-upstream.ts';
import { decodeBody } from './response-body.ts';
import { toAxiosError, withCause } from './to-axios-error.ts';
import { toRawRequest } from './to-raw-request.ts';

/** The part of `Upstream` that axios sends through. */
export interface RawSender {
  send(request: RawRequest): Promise<HttpExchange>;
}

/**
 * Lets an axios instance send through the policies of an upstream. Axios keeps what it does outside its adapter:
 * interceptors, transforms and defaults. The upstream decides where a request goes, over which connection and how
 * often: absolute addresses, streams and form data that cannot be sent twice are refused, redirects are not followed,
 * and `proxy`, agents and progress events have no effect.
 */
export function createUpstreamAdapter(upstream: RawSender): AxiosAdapter {
  return async (config) => {
    const request = toRawRequest(config);
    const cancellation = listenForCancel(config);
    let exchanged: HttpExchange;
    let problem: unknown;
    try {
      exchanged = await upstream.send({ ...request, signal: cancellation.signal });
    } catch (error) {
      if (cancellation.signal.aborted) throw canceled(config);
      const received = toErrorResponse(error);
      if (!received) throw toAxiosError(error, config);
      exchanged = received;
      problem = error;
    } finally {
      cancellation.stop();
    }
    return settle(toAxiosResponse(exchanged, config), problem);
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

/** As Node has them: several `set-cookie` are a list, several of another name one value. */
function toAxiosHeaders(headers: Readonly<Record<string, string | readonly string[]>>): AxiosHeaders {
  const result = new AxiosHeaders();
  for (const [name, value] of Object.entries(headers)) {
    const values = typeof value === 'string' ? [value] : [...value];
    result.set(name, name === 'set-cookie' ? values : values.join(', '));
  }
  return result;
}

/** Joins the two ways in which a caller of axios cancels a request. */
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
  cancelReason(config.cancelToken) ?? new CanceledError(undefined, config);

const cancelReason = (token: CancelToken | undefined): unknown =>
  axios.isCancel(token?.reason) ? token?.reason : undefined;
