import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import type { Report } from './delayed-server.ts';

let server: ChildProcess;
afterEach(() => void server.kill('SIGKILL'));

/** Takes the CPU from the process again and again, as a scheduler does that gives it to a neighbor. */
async function takeCpu(process: ChildProcess, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    process.kill('SIGSTOP');
    await sleep(100);
    process.kill('SIGCONT');
    await sleep(50);
  }
}

it('sheds no request while a neighbor takes the CPU and delays the event loop', async () => {
  server = fork(new URL('./delayed-server.ts', import.meta.url), {
    execArgv: ['--conditions=source', '--no-warnings'],
  });
  const reports: Report[] = [];
  server.on('message', (report) => reports.push(report as Report));
  await Promise.race([
    once(server, 'message'),
    once(server, 'exit').then(() => Promise.reject(new Error('the server has exited'))),
  ]);
  const url = `http://127.0.0.1:${reports[0]!.port}`;
  const end = new AbortController();
  const statuses = new Set<number>();
  const read = async (): Promise<void> => {
    while (!end.signal.aborted) {
      const response = await fetch(url);
      await response.text();
      statuses.add(response.status);
    }
  };
  const all = [takeCpu(server, end.signal), ...Array.from({ length: 4 }, read)];
  // The guard ignores its first two windows.
  const isLate = ({ window }: Report): boolean => window.p99Ms > 2 * 20;
  await expect.poll(() => reports.filter(isLate).length, { timeout: 60_000 }).toBeGreaterThan(4);
  end.abort();
  await Promise.all(all);
  expect([...statuses]).toEqual([200]);
  expect(reports.at(-1)?.state).toMatchObject({ rejected: { normal: { 'event-loop-delay': 0 } } });
}, 90_000);
