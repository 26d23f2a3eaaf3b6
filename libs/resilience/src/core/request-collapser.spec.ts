import { getEventListeners } from 'node:events';
import { GCProfiler } from 'node:v8';
import { describe, expect, it } from 'vitest';
import type { Priority } from '@film-store/core';
import { VirtualClock, settle } from '@film-store/core/testing';
import type { CallContext } from './call.ts';
import { AttemptTimedOut, Cancelled, DeadlineExceeded } from './errors.ts';
import { RequestCollapser } from './request-collapser.ts';

function harness() {
  const clock = new VirtualClock();
  const collapser = new RequestCollapser({ clock });
  const sent: { readonly context: CallContext; readonly work: PromiseWithResolvers<string> }[] = [];

  function read(key: string, deadline = Infinity, priority: Priority = 'normal') {
    const caller = new AbortController();
    const context: CallContext = { signal: caller.signal, deadline, attempt: 1, idempotent: true, priority };
    const result = collapser.share(key, context, (context) => {
      const work = Promise.withResolvers<string>();
      sent.push({ context, work });
      return work.promise;
    });
    result.catch(() => {});
    return { result, caller };
  }

  return { clock, collapser, read, sent };
}

describe('request collapsing', () => {
  it('makes one call for reads with the same key, and one for each other key', async () => {
    const { collapser, read, sent } = harness();
    const reads = [read('a'), read('a'), read('b')];
    await settle();
    expect(sent.length).toBe(2);
    expect(collapser.describe()).toEqual({ sharedCalls: 2, waiters: 3 });
    sent[0]?.work.resolve('film a');
    sent[1]?.work.resolve('film b');
    expect(await Promise.all(reads.map(({ result }) => result))).toEqual(['film a', 'film a', 'film b']);
    expect(collapser.describe()).toEqual({ sharedCalls: 0, waiters: 0 });
  });

  it('shares errors too', async () => {
    const { read, sent } = harness();
    const reads = [read('a'), read('a')];
    await settle();
    const error = new Error('down');
    sent[0]?.work.reject(error);
    for (const { result } of reads) await expect(result).rejects.toBe(error);
  });

  it('shares an error that a call throws synchronously', async () => {
    const { collapser } = harness();
    const context = {
      signal: new AbortController().signal,
      deadline: Infinity,
      attempt: 1,
      idempotent: true,
    };
    const broken = collapser.share('a', context, () => {
      throw new Error('at once');
    });
    await expect(broken).rejects.toThrow('at once');
    expect(collapser.describe()).toEqual({ sharedCalls: 0, waiters: 0 });
  });

  it('keeps no response: a later read makes a new call', async () => {
    const { read, sent } = harness();
    const first = read('a');
    await settle();
    sent[0]?.work.resolve('film');
    await first.result;
    read('a');
    await settle();
    expect(sent.length).toBe(2);
  });

  it('rejects only the caller that leaves, with the reason', async () => {
    const { collapser, read, sent } = harness();
    const [leaving, staying] = [read('a'), read('a')];
    await settle();
    const reason = new Error('closed the page');
    leaving.caller.abort(reason);
    await expect(leaving.result).rejects.toBeInstanceOf(Cancelled);
    await expect(leaving.result).rejects.toHaveProperty('cause', reason);
    expect(sent[0]?.context.signal.aborted).toBe(false);
    expect(collapser.describe()).toEqual({ sharedCalls: 1, waiters: 1 });
    sent[0]?.work.resolve('film');
    await expect(staying.result).resolves.toBe('film');
  });

  it('ends the shared call when the last waiter has left, and not before', async () => {
    const { read, sent } = harness();
    const [first, last] = [read('a'), read('a')];
    await settle();
    first.caller.abort();
    expect(sent[0]?.context.signal.aborted).toBe(false);
    last.caller.abort();
    expect(sent[0]?.context.signal.aborted).toBe(true);
    expect(sent[0]?.context.signal.reason).toBeInstanceOf(Cancelled);
  });

  it('lets no caller join an abandoned call, whose late end does not affect the next call', async () => {
    const { collapser, read, sent } = harness();
    read('a').caller.abort();
    await settle();
    const [second, third] = [read('a'), read('a')];
    await settle();
    expect(sent.length).toBe(2);
    sent[0]?.work.reject(new Error('aborted'));
    await settle();
    expect(collapser.describe()).toEqual({ sharedCalls: 1, waiters: 2 });
    sent[1]?.work.resolve('film');
    expect(await Promise.all([second.result, third.result])).toEqual(['film', 'film']);
  });

  it('rejects a caller at its deadline, not a millisecond before, and not the others', async () => {
    const { clock, collapser, read, sent } = harness();
    const shortenedBy = read('a', 50);
    const second = read('a', 80);
    await settle();
    clock.advance(49);
    expect(collapser.describe().waiters).toBe(2);
    clock.advance(1);
    expect(collapser.describe().waiters).toBe(1);
    await expect(shortenedBy.result).rejects.toBeInstanceOf(DeadlineExceeded);
    sent[0]?.work.resolve('film');
    await expect(second.result).resolves.toBe('film');
  });

  it('joins a call that lasts for half of its time, and otherwise starts one that others join', async () => {
    const { clock, collapser, read, sent } = harness();
    read('a', 250);
    await settle();
    clock.advance(50);
    const second = [read('a', 450), read('a', 451), read('a', 650)];
    await settle();
    expect(sent.map(({ context }) => context.deadline)).toEqual([250, 451]);
    expect(collapser.describe()).toEqual({ sharedCalls: 1, waiters: 2 });
    sent[0]?.work.reject(new Error('too late'));
    sent[1]?.work.resolve('film');
    await expect(second[0]?.result).rejects.toThrow('too late');
    await expect(second[1]?.result).resolves.toBe('film');
    await expect(second[2]?.result).resolves.toBe('film');
  });

  it('gets a response in its own time, although a caller with less time came first', async () => {
    const { clock, read, sent } = harness();
    const shortenedBy = read('a', 600);
    await settle();
    const second = read('a', 1000);
    await settle();
    clock.advance(600);
    await expect(shortenedBy.result).rejects.toBeInstanceOf(DeadlineExceeded);
    sent[0]?.work.reject(new DeadlineExceeded('the deadline passed during the attempt'));
    await settle();
    expect(sent.map(({ context }) => context.deadline)).toEqual([600, 1000]);
    clock.advance(100);
    sent[1]?.work.resolve('film');
    await expect(second.result).resolves.toBe('film');
  });

  it('shares the next call with other callers that have more time than the first one', async () => {
    const { clock, read, sent } = harness();
    void read('a', 600);
    await settle();
    const second = [read('a', 900), read('a', 1000), read('a', 600)];
    await settle();
    clock.advance(590);
    sent[0]?.work.reject(new AttemptTimedOut(590));
    await settle();
    expect(sent.map(({ context }) => context.deadline)).toEqual([600, 900]);
    sent[1]?.work.resolve('film');
    expect(await Promise.all([second[0]?.result, second[1]?.result])).toEqual(['film', 'film']);
    await expect(second[2]?.result).rejects.toBeInstanceOf(AttemptTimedOut);
  });

  it('gets any other error of a shared call, even if time is left', async () => {
    const { read, sent } = harness();
    read('a', 600);
    const other = read('a', 1000);
    await settle();
    sent[0]?.work.reject(new Error('unreachable'));
    await expect(other.result).rejects.toThrow('unreachable');
    expect(sent).toHaveLength(1);
  });

  it('joins a call of its own or a higher priority, and otherwise starts one that others join', async () => {
    const { collapser, read, sent } = harness();
    read('a', 100, 'sheddable');
    const shed = new Error('shed');
    const reads = [read('a', 100, 'normal'), read('a', 100, 'normal'), read('a', 100, 'sheddable')];
    const critical = read('a', 100, 'critical');
    await settle();
    expect(sent.map(({ context }) => context.priority)).toEqual(['sheddable', 'normal', 'critical']);
    sent[0]?.work.reject(shed);
    sent[1]?.work.resolve('film');
    expect(await Promise.all(reads.map(({ result }) => result))).toEqual(['film', 'film', 'film']);
    expect(collapser.describe()).toEqual({ sharedCalls: 1, waiters: 1 });
    sent[2]?.work.resolve('critical film');
    expect(await critical.result).toBe('critical film');
  });

  it('has no limit if the first caller has none', async () => {
    const { read, sent } = harness();
    read('a');
    read('a', 50);
    await settle();
    expect(sent.map(({ context }) => context.deadline)).toEqual([Infinity]);
    read('b', 50);
    read('b');
    await settle();
    expect(sent.map(({ context }) => context.deadline)).toEqual([Infinity, 50, Infinity]);
  });

  it('neither joins nor starts a call for a caller that is too late or has left', async () => {
    const { collapser, read, sent } = harness();
    await expect(read('a', 0).result).rejects.toBeInstanceOf(DeadlineExceeded);
    const context = { signal: AbortSignal.abort(), deadline: Infinity, attempt: 1, idempotent: true };
    await expect(collapser.share('a', context, async () => 'film')).rejects.toBeInstanceOf(Cancelled);
    expect(sent.length).toBe(0);
  });

  it('leaves no listener and no timer', async () => {
    const { clock, read, sent } = harness();
    const { result, caller } = read('a', 50);
    await settle();
    expect([getEventListeners(caller.signal, 'abort').length, clock.armed]).toEqual([1, 1]);
    sent[0]?.work.resolve('film');
    await result;
    expect([getEventListeners(caller.signal, 'abort').length, clock.armed]).toEqual([0, 0]);
  });
});

describe('the memory of responses', () => {
  const response = (call: number) => Array.from({ length: 50 }, (_, index) => ({ call, index }));

  async function readMany(calls: number): Promise<void> {
    const collapser = new RequestCollapser({ clock: new VirtualClock() });
    let next = 0;
    const readInSequence = async (): Promise<void> => {
      while (next < calls) {
        const call = next++;
        const { signal } = new AbortController();
        const context: CallContext = { signal, deadline: Infinity, attempt: 1, idempotent: true };
        await collapser.share(`/films/${call}`, context, async () => {
          const value = response(call);
          await settle();
          return value;
        });
      }
    };
    await Promise.all(Array.from({ length: 8 }, readInSequence));
  }

  type Statistics = ReturnType<GCProfiler['stop']>['statistics'][number];
  const used = ({ heapSpaceStatistics }: Statistics['beforeGC'], space: string): number =>
    heapSpaceStatistics.find(({ spaceName }) => spaceName === space)?.spaceUsedSize ?? Number.NaN;

  it('is free at the first collection after their calls', async () => {
    const profiler = new GCProfiler();
    profiler.start();
    await readMany(60_000);
    const collections = profiler.stop().statistics.filter(({ gcType }) => gcType === 'Scavenge');
    const sum = (toBytes: (statistics: Statistics) => number): number =>
      collections.reduce((total, statistics) => total + toBytes(statistics), 0);
    const becameOld = sum(
      ({ beforeGC, afterGC }) => used(afterGC, 'old_space') - used(beforeGC, 'old_space'),
    );
    expect(collections.length).toBeGreaterThan(3);
    expect(becameOld / sum(({ beforeGC }) => used(beforeGC, 'new_space'))).toBeLessThan(0.05);
  });
});
