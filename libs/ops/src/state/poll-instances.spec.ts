import { describe, expect, it } from 'vitest';
import { Problem } from '@film-store/problem';
import { shop } from '../../test/shop.ts';
import { mergeInstances } from './poll-instances.ts';

const { state } = shop({});
const healthy = { peer: 'shop', response: state };
const unreachable = { peer: 'shop', error: new Problem('upstream-unreachable') };

describe('the snapshot of a service with several instances', () => {
  it('is the state of the first instance that responds', () => {
    const busy = { peer: 'shop', response: { ...state, rssMiB: 999 } };
    expect(mergeInstances('shop', [healthy, busy])).toEqual({ name: 'shop', state });
  });

  it('is degraded while an instance is unreachable, and reports how many are', () => {
    const failingChecks = [{ name: '1 of 2 instances', status: 'down', message: 'upstream-unreachable' }];
    expect(mergeInstances('shop', [unreachable, healthy])).toEqual({
      name: 'shop',
      state: { ...state, status: 'degraded', failingChecks },
    });
  });

  it('keeps a status that is worse than degraded', () => {
    const failing = { peer: 'shop', response: { ...state, status: 'error' as const } };
    expect(mergeInstances('shop', [failing, unreachable])).toMatchObject({ state: { status: 'error' } });
  });

  it('has a reason instead of a state when no instance responds', () => {
    expect(mergeInstances('shop', [unreachable, unreachable])).toEqual({
      name: 'shop',
      reason: 'upstream-unreachable',
    });
    expect(mergeInstances('shop', [{ peer: 'shop', error: new Error('what?') }])).toEqual({
      name: 'shop',
      reason: 'no response',
    });
  });
});
