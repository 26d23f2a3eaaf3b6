import { AxiosError, CanceledError, type InternalAxiosRequestConfig } from 'axios';
import { Problem } from '@film-store/problem';
import { Cancelled } from '../core/errors.ts';
import { toErrorCode } from '../upstream-failure.ts';

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
export function toAxiosError(error: unknown, config: InternalAxiosRequestConfig): AxiosError {
  if (error instanceof AxiosError) return error;
  if (error instanceof Cancelled) return withCause(new CanceledError(undefined, config), error);
  return withCause(new AxiosError(toMessage(error, config), toAxiosCode(error, config), config), error);
}

/** Sets `cause` as standard errors have it: not enumerable, so that logs do not show it twice. */
export function withCause(error: AxiosError, cause: unknown): AxiosError {
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
