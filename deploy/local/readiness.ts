import { get } from 'node:http';
import { type Clock, sleep, systemClock } from './clock.ts';
import { readableLine } from './log-line.ts';
import { describeExit, type RunningProcess } from './process.ts';

const POLL_MS = 100;
const PROBE_TIMEOUT_MS = 1_000;
const READY_TIMEOUT_MS = 60_000;

/** Reports a process that was not ready in time or exited before. The message ends with its last lines of output. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';

  constructor(what: string, lastLines: readonly string[]) {
    super([what, ...lastLines.map((line) => `  | ${readableLine(line)}`)].join('\n'));
  }
}

/** A process with a readiness probe. */
export interface Service extends RunningProcess {
  /** Resolves when the process is ready for the first time. Rejects with a `NotReadyError`. */
  ready(): Promise<void>;
}

export interface ReadinessOptions {
  readonly name: string;
  readonly process: RunningProcess;
  /** Called until it resolves with `true`. Must not reject. */
  readonly probe: () => Promise<boolean>;
  readonly clock?: Clock;
}

export function withReadiness(options: ReadinessOptions): Service {
  let ready: Promise<void> | undefined;
  return { ...options.process, ready: () => (ready ??= waitUntilReady(options)) };
}

/** Waits at most 60 s for the probe. Rejects with a `NotReadyError`, at once when the process exits. */
async function waitUntilReady({
  name,
  process,
  probe,
  clock = systemClock,
}: ReadinessOptions): Promise<void> {
  const deadline = clock.now() + READY_TIMEOUT_MS;
  const notReady = (what: string) => new NotReadyError(`${name} ${what}`, process.lastLines());
  for (;;) {
    const result = await Promise.race([process.exited, probe()]);
    if (typeof result === 'object') throw notReady(`ended (${describeExit(result)}) before it was ready`);
    if (result) return;
    if (clock.now() >= deadline) throw notReady(`was not ready within ${READY_TIMEOUT_MS / 1000} s`);
    await Promise.race([process.exited, sleep(clock, POLL_MS)]);
  }
}

/** Resolves with whether the response to a GET is 200 within a second. Never rejects. */
export function respondsOk(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: PROBE_TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
