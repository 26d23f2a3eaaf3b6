import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '@film-store/core/testing';
import { Endpoints, ENDPOINT_DEFAULTS, parseEndpoints } from './endpoints.ts';

const A = 'http://a';
const B = 'http://b';
const C = 'http://c';

let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock();
});

const endpoints = (list: string) => new Endpoints(parseEndpoints(list), ENDPOINT_DEFAULTS, clock);
const fail = (of: Endpoints, url: string, times: number) => {
  for (let time = 0; time < times; time++) of.report(url, 'failure', clock.now());
};
/** Reports three failures, then a success, and repeats this for `results` results of each endpoint in turn. */
const failThreeOfFour = (of: Endpoints, urls: readonly string[], results: number) => {
  for (let n = 1; n <= results; n++)
    for (const url of urls) of.report(url, n % 4 === 0 ? 'success' : 'failure', clock.now());
};
const pickSet = (of: Endpoints, count: number) => new Set(Array.from({ length: count }, () => of.pick()));

describe('endpoints', () => {
  it('of one priority take turns', () => {
    const both = endpoints(`${A},${B}`);
    const [first, second, third] = [both.pick(), both.pick(), both.pick()];
    expect(first).not.toBe(second);
    expect(third).toBe(first);
  });

  it('take turns for first attempts, regardless of hedges and retries', () => {
    const both = endpoints(`${A},${B}`);
    const firsts = Array.from({ length: 10 }, (_, call) => {
      const first = both.pick();
      if (call % 2 === 0) both.pick(first, 'hedge');
      if (call % 3 === 0) both.pick(first, 'retry');
      return first;
    });
    expect(firsts.filter((url) => url === A)).toHaveLength(5);
  });

  it('other than that of the first attempt share the extra attempts', () => {
    const all = endpoints(`${A},${B},${C}`);
    const extra = Array.from({ length: 10 }, () => all.pick(A, 'hedge'));
    expect([B, C].map((url) => extra.filter((picked) => picked === url).length)).toEqual([5, 5]);
  });

  it('of a less preferred priority get no calls', () => {
    expect(pickSet(endpoints(`${A},${B}|${C}`), 10)).toEqual(new Set([A, B]));
  });

  it('that just failed get no retry if there is another endpoint', () => {
    const both = endpoints(`${A},${B}`);
    expect(new Set([both.pick(A), both.pick(A), both.pick(A)])).toEqual(new Set([B]));
    expect(endpoints(A).pick(A)).toBe(A);
  });

  it('that just failed get no retry if the next priority has a usable endpoint', () => {
    const regions = endpoints(`${A}|${B}`);
    expect(regions.pick()).toBe(A);
    expect(regions.pick(A)).toBe(B);
    const both = endpoints(`${A},${B}|${C}`);
    expect(both.pick(A)).toBe(B);
    fail(both, B, 5);
    expect(both.pick(A)).toBe(C);
  });

  it('that are ejected get the retry if the only other one just failed, and return when they respond', () => {
    const both = endpoints(`${A},${B}`);
    fail(both, A, 5);
    expect(both.pick()).toBe(B);
    expect(both.pick(B)).toBe(A);
    both.report(A, 'success', clock.now());
    expect(pickSet(both, 4)).toEqual(new Set([A, B]));
  });

  it('that are ejected get no hedge: the slow one gets it', () => {
    const both = endpoints(`${A},${B}`);
    fail(both, A, 5);
    expect(both.pick(B, 'hedge')).toBe(B);
    expect(endpoints(A).pick(A, 'hedge')).toBe(A);
  });

  it('stay ejected on a success of a call from before the ejection, and return on a later success', () => {
    const both = endpoints(`${A},${B}`);
    const before = clock.now();
    clock.advance(1);
    fail(both, A, 5);
    clock.advance(1);
    both.report(A, 'success', before);
    expect(pickSet(both, 4)).toEqual(new Set([B]));
    both.report(A, 'success', clock.now());
    expect(pickSet(both, 4)).toEqual(new Set([A, B]));
  });

  it('are not ejected again by a call from before the ejection that fails after the return', () => {
    const both = endpoints(`${A},${B}`);
    const before = clock.now();
    clock.advance(1);
    fail(both, A, 5);
    clock.advance(30_000);
    both.report(A, 'failure', before);
    expect(pickSet(both, 4)).toEqual(new Set([A, B]));
  });

  it('that drain get no calls after a success of an earlier call', () => {
    const both = endpoints(`${A},${B}`);
    const before = clock.now();
    clock.advance(1);
    both.drain(A);
    both.report(A, 'success', before);
    expect(pickSet(both, 4)).toEqual(new Set([B]));
  });

  it('that drain get no calls for 5 s, which is no failure, if there is another endpoint', () => {
    const both = endpoints(`${A},${B}`);
    both.drain(A);
    clock.advance(4_999);
    expect(pickSet(both, 4)).toEqual(new Set([B]));
    clock.advance(1);
    expect(pickSet(both, 4)).toEqual(new Set([A, B]));
    both.drain(A);
    both.drain(B);
    expect(pickSet(both, 4)).toEqual(new Set([A, B]));
  });

  it('are ejected by the fifth consecutive failure, not by the fourth', () => {
    const both = endpoints(`${A},${B}`);
    fail(both, A, 4);
    expect(pickSet(both, 4)).toEqual(new Set([A, B]));
    fail(both, A, 1);
    expect(pickSet(both, 4)).toEqual(new Set([B]));
  });

  it('are not ejected by a fifth failure if a success has taken back one, nor by ignored results', () => {
    const both = endpoints(`${A},${B}`);
    fail(both, A, 4);
    both.report(A, 'success', clock.now());
    fail(both, A, 1);
    for (let time = 0; time < 10; time++) both.report(A, 'ignored', clock.now());
    expect(pickSet(both, 4)).toEqual(new Set([A, B]));
  });

  it('are ejected if three of four calls fail, at the seventh call', () => {
    const both = endpoints(`${A},${B}`);
    failThreeOfFour(both, [A], 6);
    expect(pickSet(both, 4)).toEqual(new Set([A, B]));
    fail(both, A, 1);
    expect(pickSet(both, 4)).toEqual(new Set([B]));
  });

  it('are not ejected if half of the calls fail, without many failures in a row', () => {
    const both = endpoints(`${A},${B}`);
    for (let n = 0; n < 100; n++) {
      fail(both, A, 4);
      for (let success = 0; success < 4; success++) both.report(A, 'success', clock.now());
    }
    expect(pickSet(both, 4)).toEqual(new Set([A, B]));
  });

  it('are ejected by the ninth consecutive failure if 15 % of their calls usually fail', () => {
    const both = endpoints(`${A},${B}`);
    for (let n = 0; n < 2_000; n++) both.report(A, n % 20 < 3 ? 'failure' : 'success', clock.now());
    fail(both, A, 7);
    expect(pickSet(both, 4)).toEqual(new Set([A, B]));
    fail(both, A, 2);
    expect(pickSet(both, 4)).toEqual(new Set([B]));
  });

  it('are not ejected if all of them fail', () => {
    const both = endpoints(`${A},${B}`);
    failThreeOfFour(both, [A, B], 100);
    for (let n = 0; n < 20; n++) for (const url of [A, B]) fail(both, url, 1);
    expect(both.describe().map(({ ejectedMs }) => ejectedMs)).toEqual([0, 0]);
  });

  it('leave their calls to the next priority, and get them again after 30 s, not a millisecond before', () => {
    const regions = endpoints(`${A}|${B}`);
    fail(regions, A, 5);
    expect(regions.pick()).toBe(B);
    clock.advance(29_999);
    expect(regions.pick()).toBe(B);
    clock.advance(1);
    expect(regions.pick()).toBe(A);
  });

  it('that fail again after their return are ejected for longer, until a success', () => {
    const regions = endpoints(`${A}|${B}`);
    fail(regions, A, 5);
    clock.advance(30_000);
    fail(regions, A, 1);
    clock.advance(59_999);
    expect(regions.pick()).toBe(B);
    clock.advance(1);
    regions.report(A, 'success', clock.now());
    fail(regions, A, 4);
    expect(regions.pick()).toBe(A);
  });

  it.each(['a,b|c', 'a,b,c|d', 'a,b,c|d,e'])(
    'of %s are all ejected while the next priority has a usable endpoint',
    (list) => {
      const regions = endpoints(list);
      for (const { url, priority } of regions.describe()) if (priority === 0) fail(regions, url, 5);
      const taking = regions.describe().filter(({ priority }) => priority === 1);
      expect(pickSet(regions, 4)).toEqual(new Set(taking.map(({ url }) => url)));
    },
  );

  it('of the last usable priority are not all ejected', () => {
    const regions = endpoints(`${A},${B}|${C}`);
    for (const url of [A, B, C]) fail(regions, url, 5);
    expect(pickSet(regions, 4)).toEqual(new Set([C]));
  });

  it('of an only priority are ejected up to half, and a single endpoint never is', () => {
    const both = endpoints(`${A},${B}`);
    fail(both, A, 5);
    fail(both, B, 50);
    expect(both.pick()).toBe(B);
    const one = endpoints(A);
    fail(one, A, 50);
    expect(one.describe()).toEqual([{ url: A, priority: 0, failures: 50, ejectedMs: 0 }]);
  });

  it.each([
    ['has not responded since', 100, A, false],
    ['has responded since', 99, A, true],
    ['is the endpoint itself', 99, B, false],
  ])('another endpoint that %s', (_, since, url, expected) => {
    const both = endpoints(`${A},${B}`);
    clock.advance(99);
    both.report(B, 'success', 0);
    expect(both.respondedElsewhere(url, since)).toBe(expected);
  });

  it('are required', () => {
    expect(() => new Endpoints([], ENDPOINT_DEFAULTS, clock)).toThrow('an upstream needs an endpoint');
  });
});
