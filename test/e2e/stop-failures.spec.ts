import { afterEach, expect, it } from 'vitest';
import { freePorts } from '../../deploy/local/ports.ts';
import { type RunningProcess, startProcess } from '../../deploy/local/process.ts';
import { root } from '../../deploy/local/services.ts';
import { eventually } from '../support/eventually.ts';

interface Line {
  readonly event?: string;
  readonly part?: string;
  readonly err?: { readonly message: string };
}

let service: RunningProcess;
afterEach(() => service.stop());

/** Runs a service whose cache closes as `how` specifies, and stops it. */
async function stop(how: string) {
  const [port = 0] = await freePorts(1);
  const lines: Line[] = [];
  service = startProcess({
    args: ['--import', '@film-store/telemetry/register', 'test/e2e/stubborn-service.ts'],
    cwd: root,
    env: { ...process.env, PORT: String(port), DRAIN_WAIT_MS: '0', STUBBORN: how },
    onLine: ({ text }) => lines.push(JSON.parse(text) as Line),
  });
  await eventually(async () =>
    expect((await fetch(`http://localhost:${port}/health/ready`)).status).toBe(200),
  );
  service.kill('SIGTERM');
  const exit = await service.exited;
  return { exit, find: (event: string) => lines.find((line) => line.event === event) };
}

it('a service whose parts all close exits 0', async () => {
  const { exit, find } = await stop('closes');
  expect(exit).toEqual({ code: 0, signal: null });
  expect(find('shutdown.failed')).toBeUndefined();
});

it('a service with a part that fails to close exits 1, and reports the part and the error', async () => {
  const { exit, find } = await stop('fails');
  expect(exit).toEqual({ code: 1, signal: null });
  expect(find('shutdown.step_failed')).toMatchObject({
    part: 'Cache.onApplicationShutdown',
    err: { message: 'the cache cannot be closed' },
  });
  expect(find('shutdown.failed')?.err?.message).toContain('Cache.onApplicationShutdown failed');
});

it('a service with a part that hangs while it closes exits 1, and reports the part', async () => {
  const { exit, find } = await stop('hangs');
  expect(exit).toEqual({ code: 1, signal: null });
  expect(find('shutdown.step_timed_out')).toMatchObject({ part: 'Cache.onApplicationShutdown' });
  expect(find('shutdown.failed')?.err?.message).toBe('not closed: Cache.onApplicationShutdown hung');
});
