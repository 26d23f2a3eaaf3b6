import { expect, it } from 'vitest';
import { Tally } from './tally.ts';

const home = { method: 'GET', path: '/api/home' } as const;

it('counts responses by status, and reports missing ones and those with status 500', () => {
  const tally = new Tally(() => 0);
  tally.record({ status: 200, code: '', degraded: false }, home, 'no fault');
  tally.record({ status: 200, code: '', degraded: true }, home, 'Redis is down');
  tally.record({ status: 500, code: 'internal', degraded: false }, home, 'Redis is down');
  tally.record({ status: 'no-response', code: '', degraded: false }, home, 'Catalog hangs');
  tally.attempt();
  expect(tally.sent).toBe(5);
  expect(tally.figures).toEqual({
    'responses: 200': 1,
    'responses: 200, degraded': 1,
    'responses: 500 internal': 1,
    'responses: no-response': 1,
    'attempts at orders': 1,
  });
  expect(tally.internalErrors).toEqual(['GET /api/home: Redis is down']);
  expect(tally.withoutResponse).toEqual(['GET /api/home: Catalog hangs']);
});

it('silence lasts until the next response; an abandoned order is no response', () => {
  let now = 1000;
  const tally = new Tally(() => now);
  now = 3000;
  tally.record({ status: 'no-response', code: '', degraded: false }, home, '');
  tally.attempt();
  expect(tally.silenceMs).toBe(2000);
  tally.record({ status: 503, code: 'overloaded', degraded: false }, home, '');
  expect(tally.silenceMs).toBe(0);
});

it('the rate covers the last five seconds or more', () => {
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
