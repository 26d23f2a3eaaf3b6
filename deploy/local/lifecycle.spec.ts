import { describe, expect, it } from 'vitest';
import { type Lifecycle, transition } from './lifecycle.ts';

const died = { kind: 'exited', exit: { code: 1, signal: null } } as const;
const due = { kind: 'due' } as const;

/** Returns the delays before the restarts of a service, by the durations of its runs. */
function recordDelays(runsMs: readonly number[]): number[] {
  let now = 0;
  let state: Lifecycle = transition({ kind: 'down' }, { kind: 'start' }, now);
  return runsMs.map((runMs) => {
    now += runMs;
    state = transition(state, died, now);
    if (state.kind !== 'backing-off') throw new Error(`not backing off but ${state.kind}`);
    const { delay } = state;
    now += delay;
    state = transition(state, due, now);
    return delay;
  });
}

describe('the delay before a restart', () => {
  it('starts at one second and doubles to thirty', () => {
    expect(recordDelays([0, 0, 0, 0, 0, 0, 0])).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('is one second again after exactly thirty seconds in up', () => {
    expect(recordDelays([0, 0, 29_999, 30_000, 0])).toEqual([1000, 2000, 4000, 1000, 2000]);
  });
});

describe('the lifecycle', () => {
  const exit = died.exit;
  const up: Lifecycle = { kind: 'up', since: 0, delay: 4000 };

  it('does not restart an invalid configuration until it is started', () => {
    const stopped = transition(up, { kind: 'exited', exit: { code: 78, signal: null } }, 10);
    expect(stopped).toEqual({ kind: 'misconfigured' });
    expect(transition(stopped, due, 11)).toBe(stopped);
    expect(transition(stopped, { kind: 'start' }, 12)).toEqual({ kind: 'up', since: 12, delay: 0 });
  });

  it('restarts a process that exits by itself, also with exit code 0', () => {
    const state = transition(up, { kind: 'exited', exit: { code: 0, signal: null } }, 10);
    expect(state).toMatchObject({ kind: 'backing-off', delay: 8000 });
  });

  it('stays down after a stop', () => {
    const stopping = transition(up, { kind: 'stop' }, 10);
    expect(stopping).toEqual({ kind: 'stopping', thenStart: false });
    const down = transition(stopping, died, 11);
    expect(down).toEqual({ kind: 'down' });
    expect(transition(down, due, 12)).toBe(down);
  });

  it('cancels a pending restart when it is stopped', () => {
    expect(transition({ kind: 'backing-off', exit, delay: 1000 }, { kind: 'stop' }, 10)).toEqual({
      kind: 'down',
    });
  });

  it('starts at once, and resets the delay, when it is started during a delay', () => {
    const state = transition({ kind: 'backing-off', exit, delay: 8000 }, { kind: 'start' }, 10);
    expect(state).toEqual({ kind: 'up', since: 10, delay: 0 });
  });

  it('starts after its exit when it is started while it stops, unless it is stopped again', () => {
    const stopping: Lifecycle = { kind: 'stopping', thenStart: false };
    const wanted = transition(stopping, { kind: 'start' }, 10);
    expect(transition(wanted, died, 11)).toEqual({ kind: 'up', since: 11, delay: 0 });
    expect(transition(transition(wanted, { kind: 'stop' }, 11), died, 12)).toEqual({ kind: 'down' });
  });

  it('does not change when it is started twice or stopped twice', () => {
    const down: Lifecycle = { kind: 'down' };
    const stopping: Lifecycle = { kind: 'stopping', thenStart: false };
    expect(transition(up, { kind: 'start' }, 10)).toBe(up);
    expect(transition(down, { kind: 'stop' }, 10)).toBe(down);
    expect(transition(stopping, { kind: 'stop' }, 10)).toBe(stopping);
  });
});
