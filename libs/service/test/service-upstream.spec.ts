import { expect, it } from 'vitest';
import { parseConfig, serviceConfig } from '../src/config.ts';
import { serviceUpstreamEnv, toServiceUpstream } from '../src/service-upstream.ts';

const schema = serviceConfig({ port: 3001 }).extend(
  serviceUpstreamEnv('film-reviews', { url: 'http://localhost:3004', retryAttempts: 1 }),
);

it('configures the upstream of a service by variables that a shell can export', () => {
  const config = parseConfig('store', schema, {
    FILM_REVIEWS_URL: 'http://a:1,http://b:1',
    UPSTREAM_FILM_REVIEWS_TIMEOUT_INITIAL_MS: '321',
    SERVICE_TOKEN: 'the-token-of-thirty-two-characters',
  });
  expect(toServiceUpstream('film-reviews', config)).toMatchObject({
    url: 'http://a:1,http://b:1',
    policies: { timeoutInitialMs: 321, retryAttempts: 1 },
    headers: { authorization: 'Bearer the-token-of-thirty-two-characters' },
    internal: true,
  });
});

it('calls the service on this machine by default, without a token', () => {
  expect(toServiceUpstream('film-reviews', parseConfig('store', schema, {}))).toMatchObject({
    url: 'http://localhost:3004',
    headers: {},
  });
});
