import axios, { AxiosError, type InternalAxiosRequestConfig } from 'axios';
import type { HttpMethod } from '../transport.ts';
import type { RawRequest } from '../http-upstream.ts';

/** RFC 9110, 9.2.2. */
const IDEMPOTENT_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/**
 * Converts a configuration of axios, after axios has transformed its data.
 * @throws AxiosError `ERR_NOT_SUPPORT`, `ERR_BAD_OPTION_VALUE`, `ERR_INVALID_URL` for what the pipeline cannot send
 */
export function toRawRequest(config: InternalAxiosRequestConfig): Omit<RawRequest, 'signal'> {
  if (config.responseType && !['json', 'text', 'arraybuffer'].includes(config.responseType))
    throw notSupported(config, `responseType '${config.responseType}'`);
  const method = (config.method ?? 'get').toUpperCase();
  if (!isMethod(method)) throw notSupported(config, `method ${method}`);
  const headers = toHeaders(config);
  return {
    method,
    url: toPath(config),
    headers,
    body: toBody(config),
    idempotent: IDEMPOTENT_METHODS.has(method) || headers['idempotency-key'] !== undefined,
    timeLimitMs: parseTimeLimit(config),
  };
}

const isMethod = (method: string): method is HttpMethod =>
  IDEMPOTENT_METHODS.has(method) || method === 'POST' || method === 'PATCH';

/** @throws AxiosError `ERR_INVALID_URL` for an absolute address: the upstream has its own addresses */
function toPath(config: InternalAxiosRequestConfig): string {
  const uri = axios.getUri(config);
  if (/^(?:[a-z][a-z\d+.-]*:)?\/\//i.test(uri))
    throw new AxiosError('url must be a path of the upstream', AxiosError.ERR_INVALID_URL, config);
  const { pathname, search } = new URL(`http://upstream/${uri.replace(/^\//, '')}`);
  return pathname + search;
}

/** Returns names in lower case, so that the headers of the pipeline replace those of the same name. */
function toHeaders({ headers, auth }: InternalAxiosRequestConfig): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers.toJSON()))
    if (value !== undefined) result[name.toLowerCase()] = String(value);
  // The pipeline sets the length when it sends the body.
  delete result['content-length'];
  if (auth) {
    const credentials = Buffer.from(`${auth.username ?? ''}:${auth.password ?? ''}`).toString('base64');
    result['authorization'] = `Basic ${credentials}`;
  }
  return result;
}

/** @throws AxiosError `ERR_NOT_SUPPORT` for a body that could be read only once */
function toBody(config: InternalAxiosRequestConfig): string | Uint8Array | undefined {
  const data: unknown = config.data;
  if (data === undefined || data === null) return undefined;
  if (typeof data === 'string' || data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  throw notSupported(config, 'a body other than text and bytes');
}

/** @throws AxiosError `ERR_BAD_OPTION_VALUE` as axios does */
function parseTimeLimit(config: InternalAxiosRequestConfig): number | undefined {
  if (!config.timeout) return undefined;
  const timeLimitMs = Number.parseInt(String(config.timeout), 10);
  if (!Number.isNaN(timeLimitMs)) return timeLimitMs;
  const message = 'error trying to parse `config.timeout` to int';
  throw new AxiosError(message, AxiosError.ERR_BAD_OPTION_VALUE, config);
}

const notSupported = (config: InternalAxiosRequestConfig, what: string): AxiosError =>
  new AxiosError(`An upstream cannot send ${what}`, AxiosError.ERR_NOT_SUPPORT, config);
