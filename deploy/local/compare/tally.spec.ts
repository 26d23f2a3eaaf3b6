import { expect, it } from 'vitest';
import type { Received, Sent } from './load.ts';
import { Requests, USUAL_MIX } from './requests.ts';
import { Tally } from './tally.ts';

const sent = (ageMs: number, isShown = false): Sent => ({
  request: new Requests(['alien-1979'], 'run').next(USUAL_MIX),
  due: performance.now() - ageMs,
  isShown,
});
const received = (outcome: Received['outcome'], more: Partial<Received> = {}): Received => ({
  outcome,
  status: 200,
  reasons: [],
  body: undefined,
  ...more,
});

it('counts responses by outcome, each once', () => {
  const tally = new Tally();
  for (const outcome of ['whole', 'whole', 'degraded', 'failed', 'overloaded', 'no response'] as const) {
    const each = sent(10);
    tally.sent(each);
    tally.received(each, received(outcome));
  }
  expect(tally.take(7)).toMatchObject({ good: 2, degraded: 1, failed: 3, calls: 7, sent: 6 });
  expect(tally.take(0)).toEqual({ good: 0, degraded: 0, failed: 0, p99Ms: null, calls: 0, sent: 0 });
});

it('counts the time of customers who still wait', () => {
  const tally = new Tally();
  tally.sent(sent(8000));
  expect(tally.take(0).p99Ms).toBeGreaterThanOrEqual(8000);
  expect(tally.longestWaitMs()).toBeGreaterThanOrEqual(8000);
});

it('counts the reasons of degraded responses', () => {
  const tally = new Tally();
  const each = sent(10);
  tally.received(each, received('degraded', { reasons: ['timeout', 'timeout', 'breaker-open'] }));
  expect([...tally.takeReasons()]).toEqual([
    ['timeout', 1],
    ['breaker-open', 1],
  ]);
  expect(tally.takeReasons().size).toBe(0);
});

it('shows what the customer of a shown request sees', () => {
  const tally = new Tally();
  expect(tally.customer().page).toEqual({ state: 'none' });
  const [first, second] = [sent(3200, true), sent(1000, true)];
  tally.sent(first);
  tally.sent(second);
  tally.sent(sent(9000));
  expect(tally.customer().page).toEqual({ state: 'waiting', seconds: 3 });
  tally.received(first, received('no response', { status: undefined }));
  expect(tally.customer().page).toEqual({ state: 'waiting', seconds: 1 });
  tally.received(second, received('whole', { body: { product: 1 } }));
  expect(tally.customer().page).toEqual({ state: 'page', body: { product: 1 } });
  tally.received(sent(10, true), received('failed', { status: 500 }));
  expect(tally.customer().page).toEqual({ state: 'error', status: 500 });
});
