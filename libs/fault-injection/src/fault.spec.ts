import { describe, expect, it } from 'vitest';
import { fault } from './fault.ts';
import { faultsRequest } from './report.ts';

describe('the schema of faults', () => {
  it.each([
    { point: 'films', kind: 'delay', ms: 1 },
    { point: 'films', kind: 'delay', ms: 60_000, jitterMs: 0, probability: 1, seed: 0, ttlMs: 600_000 },
    { point: 'inbound', kind: 'status', status: 503, match: { method: 'POST', path: '/orders' } },
    { point: 'films', kind: 'hang' },
    { point: 'films', kind: 'slow-body', ms: 100 },
  ])('accepts %j', (given) => {
    expect(fault.parse(given)).toEqual(given);
  });

  it.each([
    { point: 'films', kind: 'delay' },
    { point: 'films', kind: 'delay', ms: 0 },
    { point: 'films', kind: 'delay', ms: 60_001 },
    { point: 'films', kind: 'status', status: 404 },
    { point: 'films', kind: 'hang', probability: 0 },
    { point: 'films', kind: 'hang', probability: 1.1 },
    { point: 'films', kind: 'hang', ttlMs: 0 },
    { point: 'films', kind: 'hang', ttlMs: 600_001 },
    { point: 'films', kind: 'hang', ms: 5 },
    { point: '', kind: 'hang' },
    { point: 'films', kind: 'fire' },
  ])('rejects %j', (given) => {
    expect(fault.safeParse(given).success).toBe(false);
  });
});

describe('the schema of requests', () => {
  it('accepts either a scenario or faults', () => {
    const faults = [{ point: 'films', kind: 'hang' }];
    expect(faultsRequest.safeParse({ scenario: 'catalog-down' }).success).toBe(true);
    expect(faultsRequest.safeParse({ faults }).success).toBe(true);
    expect(faultsRequest.safeParse({}).success).toBe(false);
    expect(faultsRequest.safeParse({ scenario: 'catalog-down', faults }).success).toBe(false);
  });
});
