import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { dependencyConfig, policiesInOrder, upstreamConfig } from './settings.ts';

// As a service puts its schema together.
const schema = z
  .object({ PORT: z.coerce.number() })
  .check(policiesInOrder)
  .extend({ ...upstreamConfig('films'), ...dependencyConfig('shelf') });

const faultsOf = (env: Record<string, string>) =>
  schema
    .safeParse({ PORT: '1', ...env })
    .error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`);

describe('settings that contradict one another', () => {
  it.each([
    ['UPSTREAM_FILMS_TIMEOUT_FLOOR_MS', '1000', '1001', 'UPSTREAM_FILMS_TIMEOUT_INITIAL_MS'],
    ['UPSTREAM_FILMS_TIMEOUT_INITIAL_MS', '2000', '2001', 'UPSTREAM_FILMS_TIMEOUT_MAX_MS'],
    ['UPSTREAM_FILMS_RETRY_BASE_MS', '1000', '1001', 'UPSTREAM_FILMS_RETRY_CAP_MS'],
    ['UPSTREAM_FILMS_BREAKER_RESET_MS', '60000', '60001', 'UPSTREAM_FILMS_BREAKER_RESET_MAX_MS'],
    ['UPSTREAM_SHELF_BREAKER_RESET_MS', '60000', '60001', 'UPSTREAM_SHELF_BREAKER_RESET_MAX_MS'],
  ])('%s may be %s, not %s', (name, highest, tooHigh, bound) => {
    expect(faultsOf({ [name]: highest })).toBeUndefined();
    expect(faultsOf({ [name]: tooHigh })).toEqual([`${name} must not exceed ${bound}`]);
  });

  it('are told all at once, of every upstream, with whatever else is wrong', () => {
    const env = {
      PORT: 'x',
      UPSTREAM_FILMS_TIMEOUT_FLOOR_MS: '3000',
      UPSTREAM_SHELF_TIMEOUT_MAX_MS: '999',
    };
    expect(faultsOf(env)).toEqual([
      expect.stringMatching(/^PORT /),
      'UPSTREAM_FILMS_TIMEOUT_FLOOR_MS must not exceed UPSTREAM_FILMS_TIMEOUT_INITIAL_MS',
      'UPSTREAM_FILMS_TIMEOUT_FLOOR_MS must not exceed UPSTREAM_FILMS_TIMEOUT_MAX_MS',
      'UPSTREAM_SHELF_TIMEOUT_INITIAL_MS must not exceed UPSTREAM_SHELF_TIMEOUT_MAX_MS',
    ]);
  });

  it('of which one is no number have that one fault', () => {
    expect(faultsOf({ UPSTREAM_FILMS_RETRY_CAP_MS: 'soon' })).toEqual([
      expect.stringMatching(/^UPSTREAM_FILMS_RETRY_CAP_MS /),
    ]);
  });
});
