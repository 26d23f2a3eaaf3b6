import { AxiosHeaders, type AxiosAdapter } from 'axios';
import { Pool } from 'undici';

/** Largest answer that is read from an upstream, in bytes. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export interface PooledAdapter {
  readonly adapter: AxiosAdapter;
  readonly close: () => Promise<void>;
}

/**
 * Lets axios send over undici, with a pool of connections for each `baseURL` of one upstream: kept alive, and never
 * shared with another upstream. The body comes as text, bounded and always read to its end; axios' `signal` ends the
 * call at the socket.
 */
export function createPooledAdapter(baseUrls: readonly string[]): PooledAdapter {
  const pools = new Map(baseUrls.map((url) => [url, new Pool(url, { maxResponseSize: MAX_ANSWER_BYTES })]));
  return {
    adapter: async (config) => {
      const pool = pools.get(config.baseURL ?? '');
      if (!pool) throw new Error(`there is no pool of connections to ${config.baseURL}`);
      const { headers } = config;
      const response = await pool.request({
        method: config.method ?? 'GET',
        path: config.url ?? '/',
        // As axios itself calls it, they are of its own class; called directly, plain.
        headers: (headers instanceof AxiosHeaders ? headers.toJSON() : headers) as Record<string, string>,
        body: (config.data as string | undefined) ?? null,
        signal: config.signal as AbortSignal,
      });
      return {
        data: await response.body.text(),
        status: response.statusCode,
        statusText: response.statusText,
        headers: response.headers as Record<string, string>,
        config,
      };
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}
