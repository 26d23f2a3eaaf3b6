import { expect } from 'vitest';
import { ADAPTERS } from '../running-application.ts';
import type { Library } from './library.ts';

export const resilience: Library = {
  name: 'resilience',
  adapters: ADAPTERS,
  check: async ({ get, upstream }) => {
    const forecast = { city: 'Bern', celsius: 21 };
    const failure = { status: 500, body: {} };
    upstream.response = { status: 200, body: forecast };
    for (const path of ['/forecast', '/forecast/axios']) {
      upstream.next.push(failure);
      expect(await get(path)).toMatchObject({ status: 200, body: forecast });
    }
    expect(upstream.requests).toBe(4);

    upstream.response = undefined;
    expect(await get('/forecast')).toMatchObject({ status: 504, body: { statusCode: 504 } });

    upstream.response = failure;
    for (const path of ['/forecast', '/forecast/axios']) {
      const body = { statusCode: 502, message: 'weather sent an invalid response' };
      expect(await get(path)).toMatchObject({ status: 502, body });
    }
    const body = { statusCode: 503, message: 'the circuit breaker of weather is open' };
    await expect.poll(() => get('/forecast'), { timeout: 10_000 }).toMatchObject({ status: 503, body });
    const requests = upstream.requests;
    expect(await get('/forecast/axios')).toMatchObject({ status: 503, body });
    expect(upstream.requests).toBe(requests);
  },
};
