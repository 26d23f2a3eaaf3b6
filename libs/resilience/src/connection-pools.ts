import { createRequire } from 'node:module';
import type { Dispatcher, Pool } from 'undici';
import type { HttpExchange } from '@film-store/core';

// The index would load `fetch`, caches and mocks too: 2 MiB.
const UndiciPool = createRequire(import.meta.url)('undici/lib/dispatcher/pool.js') as typeof Pool;

/** Largest response body that is read from an upstream, in bytes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Longest life of a connection, in milliseconds. A new connection resolves the host name again. */
const CONNECTION_TTL_MS = 30_000;

export interface OutboundRequest {
  /** One of the base addresses that the pools were created for. */
  readonly endpoint: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  /** Aborts the request at its socket. The promise then rejects with the reason. */
  readonly signal: AbortSignal;
  /** `latin1` reads each byte of the body as one character. */
  readonly encoding: 'utf8' | 'latin1';
}

/** Keeps a pool of keep-alive connections to each endpoint of one upstream. */
export class ConnectionPools {
  readonly #pools: ReadonlyMap<string, Pool>;

  constructor(endpoints: readonly string[], clientTtl = CONNECTION_TTL_MS) {
    // Timeouts are off, because `signal` ends every call earlier.
    const options = { maxResponseSize: MAX_BODY_BYTES, headersTimeout: 0, bodyTimeout: 0, clientTtl };
    this.#pools = new Map(endpoints.map((url) => [url, new UndiciPool(url, options)]));
  }

  /**
   * Sends one request and reads the whole response as text. `Pool.request` would create a stream of the body first.
   * @throws Error of the system or of undici, such as `ECONNREFUSED` or `UND_ERR_RES_EXCEEDED_MAX_SIZE`
   */
  send({ endpoint, method, path, headers, body, signal, encoding }: OutboundRequest): Promise<HttpExchange> {
    const pool = this.#pools.get(endpoint);
    if (!pool) throw new Error(`no connection pool for ${endpoint}`);
    const { promise, resolve, reject } = Promise.withResolvers<HttpExchange>();
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let responseHeaders: HttpExchange['headers'] = {};
    const chunks: Buffer[] = [];
    const abort = (): void => {
      const reason = signal.reason as Error;
      if (controller) controller.abort(reason);
      // Without a connection nothing is sent.
      else reject(reason);
    };
    signal.addEventListener('abort', abort);
    const request: Dispatcher.DispatchOptions = { method, path, headers, body };
    pool.dispatch(request, {
      onRequestStart(started) {
        controller = started;
        if (signal.aborted) abort();
      },
      // Called for each 1xx response too. The last one is the response.
      onResponseStart(_controller, statusCode, received) {
        status = statusCode;
        responseHeaders = received as Record<string, string>;
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        signal.removeEventListener('abort', abort);
        resolve({ status, headers: responseHeaders, data: decode(chunks, encoding) });
      },
      onResponseError(_controller, error) {
        signal.removeEventListener('abort', abort);
        reject(error);
      },
    });
    return promise;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }
}

const decode = ([first, ...more]: readonly Buffer[], encoding: BufferEncoding): string =>
  first === undefined ? '' : (more.length === 0 ? first : Buffer.concat([first, ...more])).toString(encoding);
