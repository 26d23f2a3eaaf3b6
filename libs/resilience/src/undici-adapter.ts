import { AxiosHeaders, type AxiosAdapter } from 'axios';
import type { Pool } from 'undici';

/**
 * Lets axios send over one upstream's own undici pool: its connections are kept alive, and never shared with
 * another upstream. The body comes as text; undici bounds its size and axios' `signal` ends the call at the socket.
 */
export const undiciAdapter =
  (pool: Pool): AxiosAdapter =>
  async (config) => {
    const response = await pool.request({
      method: (config.method ?? 'get').toUpperCase(),
      path: config.url ?? '/',
      headers: AxiosHeaders.from(config.headers).toJSON() as Record<string, string>,
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
  };
