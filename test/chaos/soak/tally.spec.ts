import { expect, it } from 'vitest';
import { Tally } from './tally.ts';

const home = { method: 'GET', path: '/api/home' } as const;

it('counts answers by status, and tells which were missing or 500', () => {
  const tally = new Tally(() => 0);
  tally.record({ status: 200, code: '', degraded: false }, home, 'all was well');
  tally.record({ status: 200, code: '', degraded: true }, home, 'Redis is down');
  tally.record({ status: 500, code: 'internal', degraded: false }, home, 'Redis is down');
  tally.record({ status: 'unanswered', code: '', degraded: false }, home, 'Catalog hangs');
  tally.attempt();
  expect(tally.sent).toBe(5);
  expect(tally.figures).toEqual({
    'answers: 200': 1,
    'answers: 200, degraded': 1,
    'answers: 500 internal': 1,
    'answers: unanswered': 1,
    'attempts at orders': 1,
  });
  expect(tally.internalErrors).toEqual(['GET /api/home: Redis is down']);
  expect(tally.withoutResponse).toEqual(['GET /api/home: Catalog hangs']);
});

it('silence lasts until there is an answer; an order given up, or none at all, is no answer', () => {
  let now = 1000;
  const tally = new Tally(() => now);
  now = 3000;
  tally.record({ status: 'unanswered', code: '', degraded: false }, home, '');
  tally.attempt();
  expect(tally.silenceMs).toBe(2000);
  tally.record({ status: 503, code: 'overloaded', degraded: false }, home, '');
  expect(tally.silenceMs).toBe(0);
});

it('the rate is of the last five seconds or more', () => {
  let now = 0;
  const tally = new Tally(() => now);
  for (let nth = 0; nth < 50; nth++) tally.attempt();
  now = 4999;
  expect(tally.perSecond()).toBe(0);
  now = 5000;
  expect(tally.perSecond()).toBe(10);
  now = 9999;
  expect(tally.perSecond()).toBe(10);
  now = 10_000;
  expect(tally.perSecond()).toBe(0);
});
