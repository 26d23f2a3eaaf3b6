import { afterEach, describe, expect, it } from 'vitest';
import type { Lifecycle } from './lifecycle.ts';
import { startProcess } from './process.ts';
import { withReadiness } from './readiness.ts';
import { Supervisor } from './supervisor.ts';
import { VirtualClock } from '@film-store/core/testing';

const lives = 'setInterval(() => {}, 1000);';

describe('a supervisor', () => {
  const started: Supervisor[] = [];
  const supervise = (script: string) => {
    const clock = new VirtualClock();
    const states: Lifecycle['kind'][] = [];
    const supervisor = new Supervisor({
      name: 'child',
      clock,
      onChange: ({ kind }) => states.push(kind),
      launch: () =>
        withReadiness({
          name: 'child',
          process: startProcess({ args: ['-e', script], cwd: '.', env: process.env }),
          probe: () => Promise.resolve(true),
        }),
    });
    started.push(supervisor);
    supervisor.start();
    return { supervisor, clock, states };
  };
  const becomes = async (supervisor: Supervisor, kind: Lifecycle['kind']) => {
    await expect.poll(() => supervisor.state.kind, { timeout: 20_000 }).toBe(kind);
  };

  afterEach(async () => {
    await Promise.all(started.splice(0).map((supervisor) => supervisor.stop()));
  });

  it('restarts a process that dies after the delay', async () => {
    const { supervisor, clock } = supervise(lives);
    const first = supervisor.pid;
    supervisor.kill('SIGKILL');
    await becomes(supervisor, 'backing-off');
    expect(supervisor.pid).toBeUndefined();
    clock.advance(999);
    expect(supervisor.state.kind).toBe('backing-off');
    clock.advance(1);
    expect(supervisor.state.kind).toBe('up');
    expect(supervisor.pid).not.toBe(first);
  });

  it('does not restart a process that exits with 78', async () => {
    const { supervisor, clock } = supervise('process.exit(78)');
    await becomes(supervisor, 'misconfigured');
    clock.advance(60_000);
    expect(supervisor.state.kind).toBe('misconfigured');
  });

  it('stops a process until it is started, also when called twice', async () => {
    const { supervisor, clock, states } = supervise(lives);
    await Promise.all([supervisor.stop(), supervisor.stop()]);
    await supervisor.stop();
    clock.advance(60_000);
    expect(states).toEqual(['up', 'stopping', 'down']);
    expect(clock.armed).toBe(0);
  });

  it('cancels a pending restart when it is stopped', async () => {
    const { supervisor, clock } = supervise('process.exit(1)');
    await becomes(supervisor, 'backing-off');
    await supervisor.stop();
    expect(clock.armed).toBe(0);
    expect(supervisor.state.kind).toBe('down');
  });

  it('starts a process after a stop, also while it stops', async () => {
    const { supervisor } = supervise(lives);
    const first = supervisor.pid;
    const stopped = supervisor.stop();
    supervisor.start();
    await stopped;
    await becomes(supervisor, 'up');
    expect(supervisor.pid).not.toBe(first);
  });
});
