import { expect } from 'vitest';
import { ADAPTERS } from '../running-application.ts';
import type { Library } from './library.ts';

export const degradation: Library = {
  name: 'degradation',
  adapters: ADAPTERS,
  check: async ({ get, upstream }) => {
    const reviews = ['excellent'];
    upstream.response = { status: 200, body: reviews };
    const fresh = await get('/products/1');
    expect(fresh).toMatchObject({ status: 200, body: { reviews, degraded: [] } });
    expect(fresh.headers.get('x-degraded')).toBeNull();

    upstream.response = { status: 503, body: {} };
    const old = await get('/products/1');
    expect(old).toMatchObject({ status: 200, body: { reviews, degraded: [{ feature: 'reviews' }] } });
    expect(old.headers.get('x-degraded')).toBe('reviews;reason=upstream-error;source=last-known-good');
    expect(old.headers.get('cache-control')).toBe('max-age=0, stale-if-error=86400');
    expect(old.headers.get('cache-status')).toContain('shop; hit');

    const none = await get('/products/2');
    expect(none).toMatchObject({ status: 200, body: { reviews: [] } });
    expect(none.headers.get('x-degraded')).toBe('reviews;reason=upstream-error;source=none');
  },
};
