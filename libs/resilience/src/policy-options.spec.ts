import { expect, it } from 'vitest';
import { createUpstream } from './http-upstream.ts';
import { UPSTREAM_POLICY_DEFAULTS, executorPolicies, upstreamPolicies } from './policy-options.ts';

it('have a default each', () => {
  expect(upstreamPolicies.parse({ retryAttempts: 1 })).toEqual({
    ...UPSTREAM_POLICY_DEFAULTS,
    retryAttempts: 1,
  });
});

it('report all errors at once', () => {
  const { error } = executorPolicies.safeParse({
    timeoutFloorMs: 3000,
    breakerErrorRate: 1,
    bulkheadConcurrency: 'many',
  });
  expect(error?.issues.map(({ path, message }) => [path.join('.'), message])).toEqual([
    ['breakerErrorRate', 'Too big: expected number to be <=0.99'],
    ['bulkheadConcurrency', 'Invalid input: expected number, received string'],
    ['timeoutFloorMs', 'must not exceed `timeoutInitialMs`'],
    ['timeoutFloorMs', 'must not exceed `timeoutMaxMs`'],
  ]);
});

it('are checked when an upstream is created', () => {
  const create = () => createUpstream('films', { url: 'http://films', policies: { retryMaxDelayMs: 10 } });
  expect(create).toThrow('must not exceed `retryMaxDelayMs`');
});
