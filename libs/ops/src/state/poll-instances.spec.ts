import { expect, it } from 'vitest';
import { Problem } from '@film-store/problem';
import { shop } from '../../test/shop.ts';
import { mergeInstances } from './poll-instances.ts';

const seen = shop({});
const state = 'state' in seen ? seen.state : expect.fail('the shop tells of itself');
const well = { peer: 'shop', answer: state };
const away = { peer: 'shop', error: new Problem('upstream-unreachable') };

it('is what the first instance that answers tells', () => {
  const busy = { peer: 'shop', answer: { ...state, rssMiB: 999 } };
  expect(mergeInstances('shop', [well, busy])).toEqual({ name: 'shop', state });
});

it('is degraded while an instance is away, and says how many are', () => {
  const failingChecks = [{ name: '1 of 2 instances', status: 'down', message: 'upstream-unreachable' }];
  expect(mergeInstances('shop', [away, well])).toEqual({
    name: 'shop',
    state: { ...state, status: 'degraded', failingChecks },
  });
});

it('stays what it says of itself where that is worse', () => {
  const failing = { peer: 'shop', answer: { ...state, status: 'error' as const } };
  expect(mergeInstances('shop', [failing, away])).toMatchObject({ state: { status: 'error' } });
});

it('is away when none answers', () => {
  expect(mergeInstances('shop', [away, away])).toEqual({ name: 'shop', reason: 'upstream-unreachable' });
  expect(mergeInstances('shop', [{ peer: 'shop', error: new Error('what?') }])).toEqual({
    name: 'shop',
    reason: 'no response',
  });
});
