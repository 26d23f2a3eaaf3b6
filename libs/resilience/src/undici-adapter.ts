import { AxiosHeaders, type AxiosAdapter } from 'axios';
import { type Dispatcher, Pool } from 'undici';

/** Largest answer that is read from an upstream, in bytes. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Without timeouts of its own: `signal` bounds every call, and two more timers a call would never be the first. */
const POOL: Pool.Options = { maxResponseSize: MAX_ANSWER_BYTES, headersTimeout: 0, bodyTimeout: 0 };

/** How old a connection gets, in milliseconds: the next one looks the name up again, and finds where it points now. */
const CONNECTION_TTL_MS = 30_000;

export interface PooledAdapter {
  readonly adapter: AxiosAdapter;
  readonly close: () => Promise<void>;
}

/**
 * Lets axios send over undici, with a pool of connections for each `baseURL` of one upstream: kept alive, and never
 * shared with another upstream. The body comes as text, bounded and always read to its end; axios' `signal` ends the
 * call at the socket.
 */
export function createPooledAdapter(
  baseUrls: readonly string[],
  connectionTtlMs = CONNECTION_TTL_MS,
): PooledAdapter {
  const options = { ...POOL, clientTtl: connectionTtlMs };
  const pools = new Map(baseUrls.map((url) => [url, new Pool(url, options)]));
  return {
    adapter: async (config) => {
      const pool = pools.get(config.baseURL ?? '');
      if (!pool) throw new Error(`there is no pool of connections to ${config.baseURL}`);
      const { headers } = config;
      const answer = await exchange(
        pool,
        {
          method: config.method ?? 'GET',
          path: config.url ?? '/',
          // As axios itself calls it, they are of its own class; called directly, plain.
          headers: (headers instanceof AxiosHeaders ? headers.toJSON() : headers) as Record<string, string>,
          body: (config.data as string | Uint8Array | undefined) ?? null,
        },
        config.signal as AbortSignal,
        config.responseEncoding as BufferEncoding | undefined,
      );
      return { ...answer, config };
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Record<string, string>;
  readonly data: string;
}

/** Sends one request and reads its answer as text; undici's own `request` would make a stream of it first. */
function exchange(
  pool: Pool,
  request: Dispatcher.DispatchOptions,
  signal: AbortSignal,
  encoding?: BufferEncoding,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let head: Omit<Answer, 'data'> = { status: 0, statusText: '', headers: {} };
    const chunks: Buffer[] = [];
    const abort = (): void => {
      const reason = signal.reason as Error;
      if (controller) controller.abort(reason);
      // It has no connection yet: nothing was sent, and nothing will be.
      else reject(reason);
    };
    signal.addEventListener('abort', abort);
    pool.dispatch(request, {
      onRequestStart(started) {
        controller = started;
        if (signal.aborted) abort();
      },
      // Of several, the last is the answer; those before it are 1xx.
      onResponseStart(_controller, status, headers, statusText = '') {
        head = { status, statusText, headers: headers as Record<string, string> };
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        signal.removeEventListener('abort', abort);
        resolve({ ...head, data: textOf(chunks, encoding) });
      },
      onResponseError(_controller, error) {
        signal.removeEventListener('abort', abort);
        reject(error);
      },
    });
  });
}

const textOf = ([first, ...more]: readonly Buffer[], encoding?: BufferEncoding): string =>
  first === undefined ? '' : (more.length === 0 ? first : Buffer.concat([first, ...more])).toString(encoding);
