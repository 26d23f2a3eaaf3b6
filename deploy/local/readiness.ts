import { get } from 'node:http';
import { type Clock, sleep, systemClock } from './clock.ts';
import { readableLine } from './log-line.ts';
import { describeExit, type RunningProcess } from './process.ts';

const POLL_MS = 100;
const PROBE_TIMEOUT_MS = 1_000;
const READY_BOUND_MS = 60_000;

/** The process ended, or its time was up, before it was ready. The message ends with its last lines of output. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';

  constructor(what: string, lastLines: readonly string[]) {
    super([what, ...lastLines.map((line) => `  | ${readableLine(line)}`)].join('\n'));
  }
}

/** A process that can say when it does its work. */
export interface Service extends RunningProcess {
  /** Resolves once it was ready for the first time; rejects with a NotReadyError where that fails. */
  ready(): Promise<void>;
}

export interface ReadinessOptions {
  readonly name: string;
  readonly process: RunningProcess;
  /** Asked again and again until it answers true; must not reject. */
  readonly probe: () => Promise<boolean>;
  readonly clock?: Clock;
}

export function withReadiness(options: ReadinessOptions): Service {
  let ready: Promise<void> | undefined;
  return { ...options.process, ready: () => (ready ??= untilReady(options)) };
}

/** Waits at most 60 s until the probe answers true. Rejects with a NotReadyError, at once when the process ends. */
async function untilReady({ name, process, probe, clock = systemClock }: ReadinessOptions): Promise<void> {
  const deadline = clock.now() + READY_BOUND_MS;
  const notReady = (what: string) => new NotReadyError(`${name} ${what}`, process.lastLines());
  for (;;) {
    const seen = await Promise.race([process.exited, probe()]);
    if (typeof seen === 'object') throw notReady(`ended (${describeExit(seen)}) before it was ready`);
    if (seen) return;
    if (clock.now() >= deadline) throw notReady(`was not ready within ${READY_BOUND_MS / 1000} s`);
    await Promise.race([process.exited, sleep(clock, POLL_MS)]);
  }
}

/** Whether a GET is answered 200 within a second; never rejects. */
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
