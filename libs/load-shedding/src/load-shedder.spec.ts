import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createGradientLimit, fixedLimit, type Priority, priorities } from '@film-store/core';
import { VirtualClock } from '@film-store/core/testing';
import { type Decision, type Permit, RequestLimiter } from './load-shedder.ts';

let clock: VirtualClock;
let late: Priority[];
const create = (limit = fixedLimit(10), capacity = 10) =>
  new RequestLimiter({
    limit,
    queue: { capacity, targetMs: 5, intervalMs: 100 },
    clock,
    isEventLoopOverloaded: (priority) => late.includes(priority),
  });
beforeEach(() => {
  clock = new VirtualClock();
  late = [];
});

/** Acquires a permit, and sets `decision` when it is decided. */
function acquire(limiter: RequestLimiter, priority: Priority = 'normal', deadline = Infinity) {
  const waiter: { decision?: Decision; leave: () => void } = { leave: () => undefined };
  waiter.leave = limiter.acquire({ priority, deadline }, (decision) => (waiter.decision = decision));
  return waiter;
}
const fill = (limiter: RequestLimiter, permits: number) =>
  Array.from({ length: permits }, () => acquire(limiter, 'critical'));
const release = ({ decision }: { decision?: Decision }) => {
  if (decision?.admitted) decision.permit.release('success', 10);
};

describe('of a limit of ten', () => {
  it.each([
    ['critical', 10],
    ['normal', 9],
    ['sheddable', 7],
  ] as const)('%s requests take at most %d', (priority, permits) => {
    const limiter = create();
    for (let each = 0; each < 12; each++) acquire(limiter, priority);
    expect(limiter.describe()).toMatchObject({ limit: 10, inFlight: permits });
  });
});

it('reports the age of the oldest permit that is not released', () => {
  const limiter = create();
  expect(limiter.describe()).toMatchObject({ oldestMs: 0 });
  const first = acquire(limiter);
  clock.advance(30);
  const second = acquire(limiter);
  clock.advance(30);
  expect(limiter.describe()).toMatchObject({ oldestMs: 60 });
  release(first);
  expect(limiter.describe()).toMatchObject({ oldestMs: 30 });
  release(second);
  expect(limiter.describe()).toMatchObject({ oldestMs: 0 });
});

it.each([
  { limit: 1, normal: 1, sheddable: 1 },
  { limit: 2, normal: 1, sheddable: 1 },
  { limit: 4, normal: 3, sheddable: 2 },
  { limit: 5, normal: 4, sheddable: 3 },
  { limit: 9, normal: 8, sheddable: 6 },
])('a limit of $limit keeps permits for higher priorities, unless it is one', ({ limit, ...permits }) => {
  for (const priority of ['normal', 'sheddable'] as const) {
    const limiter = create(fixedLimit(limit));
    for (let each = 0; each < 12; each++) acquire(limiter, priority);
    expect(limiter.describe()).toMatchObject({ inFlight: permits[priority] });
  }
});

describe('a request over the limit', () => {
  it('waits, and gets the next released permit', () => {
    const limiter = create();
    const [first] = fill(limiter, 10);
    const waits = acquire(limiter, 'critical');
    expect(waits.decision).toBeUndefined();
    expect(limiter.describe()).toMatchObject({ inFlight: 10, queued: 1 });
    release(first!);
    expect(waits.decision).toMatchObject({ admitted: true });
    expect(limiter.describe()).toMatchObject({ inFlight: 10, queued: 0 });
  });

  it('is rejected after its longest wait', () => {
    const limiter = create();
    fill(limiter, 10);
    const waits = acquire(limiter);
    clock.advance(99);
    expect(waits.decision).toBeUndefined();
    clock.advance(1);
    expect(waits.decision).toEqual({ admitted: false, reason: 'timed-out' });
    expect(clock.armed).toBe(0);
  });

  it('is rejected at once if it cannot meet its deadline after any wait', () => {
    const limit = createGradientLimit({ initial: 10, min: 10, max: 10 });
    limit.sample(0, { rttMs: 50, inFlight: 1, outcome: 'completed' });
    const limiter = create(limit);
    fill(limiter, 10);
    expect(acquire(limiter, 'critical', 50).decision).toEqual({
      admitted: false,
      reason: 'deadline-unreachable',
    });
    const justInTime = acquire(limiter, 'critical', 51);
    expect(justInTime.decision).toBeUndefined();
    clock.advance(1);
    expect(justInTime.decision).toEqual({ admitted: false, reason: 'deadline-unreachable' });
  });

  it('that leaves gets no decision, and leaves no timer', () => {
    const limiter = create();
    const [first] = fill(limiter, 10);
    const leaves = acquire(limiter);
    leaves.leave();
    expect(clock.armed).toBe(0);
    release(first!);
    clock.advance(1000);
    expect(leaves.decision).toBeUndefined();
    expect(limiter.describe()).toMatchObject({ inFlight: 9, queued: 0 });
  });
});

it('a permit that is released several times counts once', () => {
  const limiter = create();
  const [first] = fill(limiter, 2);
  release(first!);
  release(first!);
  expect(limiter.describe().inFlight).toBe(1);
});

it('a late event loop sheds requests although permits are free, but not a single request', () => {
  const limiter = create();
  late = ['sheddable'];
  expect(acquire(limiter, 'sheddable').decision).toMatchObject({ admitted: true });
  expect(acquire(limiter, 'sheddable').decision).toEqual({ admitted: false, reason: 'event-loop-delay' });
  expect(acquire(limiter, 'normal').decision).toMatchObject({ admitted: true });
});

it('counts admitted and rejected requests of each priority, by reason', () => {
  const limiter = create(fixedLimit(1), 0);
  acquire(limiter, 'critical');
  acquire(limiter, 'normal');
  late = ['sheddable'];
  acquire(limiter, 'sheddable');
  expect(limiter.describe()).toMatchObject({
    admitted: { critical: 1, normal: 0, sheddable: 0 },
    rejected: { normal: { evicted: 1 }, sheddable: { 'event-loop-delay': 1 }, critical: { evicted: 0 } },
  });
});

describe('for requests in any order', () => {
  type Step =
    | { readonly do: 'acquire'; readonly priority: Priority; readonly timeoutMs: number }
    | { readonly do: 'release'; readonly which: number }
    | { readonly do: 'leave'; readonly which: number }
    | { readonly do: 'wait'; readonly ms: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('acquire' as const),
        priority: fc.constantFrom(...priorities),
        timeoutMs: fc.integer({ min: 1, max: 500 }),
      }),
    },
    fc.record({ do: fc.constant('release' as const), which: fc.nat() }),
    fc.record({ do: fc.constant('leave' as const), which: fc.nat() }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 120 }) }),
  );

  it('the limit holds, each request is decided once, and no request is rejected for one of a lower priority', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.nat(4),
        fc.array(step, { maxLength: 80 }),
        (limit, capacity, steps) => {
          clock = new VirtualClock();
          const limiter = create(fixedLimit(limit), capacity);
          const waiting = new Map<number, Priority>();
          const leaves = new Map<number, () => void>();
          const permits: Permit[] = [];
          let [acquired, decided, left] = [0, 0, 0];
          const decide = (id: number, priority: Priority, deadline: number) => (decision: Decision) => {
            decided += 1;
            expect(waiting.delete(id)).toBe(true);
            leaves.delete(id);
            if (decision.admitted) permits.push(decision.permit);
            const below = (other: Priority) => priorities.indexOf(other) > priorities.indexOf(priority);
            const others = [...waiting.values()].filter((other) => other !== priority);
            // No request of a higher priority waits when one is admitted. A critical request is rejected in time only
            // if no request of a lower priority waits.
            const rejectedInTime = priority === 'critical' && deadline > clock.now();
            const wronged = decision.admitted
              ? others.filter((other) => !below(other))
              : others.filter((other) => rejectedInTime && below(other));
            expect(wronged).toEqual([]);
          };
          for (const step of steps) {
            if (step.do === 'wait') clock.advance(step.ms);
            else if (step.do === 'release') {
              permits.splice(step.which % Math.max(1, permits.length), 1)[0]?.release('success', 1);
            } else if (step.do === 'leave') {
              const [id, leave] = [...leaves][step.which % Math.max(1, leaves.size)] ?? [];
              if (id === undefined || !leave) continue;
              left += 1;
              waiting.delete(id);
              leaves.delete(id);
              leave();
            } else {
              const id = (acquired += 1);
              const deadline = clock.now() + step.timeoutMs;
              waiting.set(id, step.priority);
              const leave = limiter.acquire(
                { priority: step.priority, deadline },
                decide(id, step.priority, deadline),
              );
              if (waiting.has(id)) leaves.set(id, leave);
            }
            expect(permits.length).toBeLessThanOrEqual(limit);
            expect(limiter.describe()).toMatchObject({ inFlight: permits.length, queued: waiting.size });
          }
          for (const permit of permits.splice(0)) permit.release('success', 1);
          clock.advance(10_000);
          for (const permit of permits.splice(0)) permit.release('success', 1);
          expect(decided + left).toBe(acquired);
          expect(limiter.describe()).toMatchObject({ inFlight: 0, queued: 0 });
        },
      ),
      { numRuns: 300 },
    );
  });
});
