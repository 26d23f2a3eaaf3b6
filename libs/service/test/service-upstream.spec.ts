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

it('needs the address in production, and reports it with all other errors', () => {
  expect(() => parseConfig('store', schema, { NODE_ENV: 'production', PORT: 'http' })).toThrow(
    /^ {2}PORT: .*\n {2}FILM_REVIEWS_URL: is required with NODE_ENV=production$/m,
  );
  const given = { NODE_ENV: 'production', FILM_REVIEWS_URL: 'http://reviews:3004' };
  expect(parseConfig('store', schema, given)).toMatchObject({ FILM_REVIEWS_URL: 'http://reviews:3004' });
});
