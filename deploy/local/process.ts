import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Clock, systemClock } from './clock.ts';

const STOP_TIMEOUT_MS = 10_000;
const LINES_KEPT = 20;

/** Exit of a process. Exactly one member is not null. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface OutputLine {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface RunningProcess {
  readonly pid: number;
  /** Resolves after the last line of output. Never rejects. */
  readonly exited: Promise<Exit>;
  /** Sends SIGKILL to the process group, and any other signal to the process only. Does nothing after the exit. */
  kill(signal: NodeJS.Signals): void;
  /** Sends SIGTERM, and SIGKILL after 10 s. Idempotent. */
  stop(): Promise<Exit>;
  /** Returns the last lines of output, at most 20, the oldest first. */
  lastLines(): readonly string[];
}

export interface ProcessOptions {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly onLine?: ((line: OutputLine) => void) | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Starts this version of Node with `args` in a process group of its own, so that Ctrl-C in a terminal reaches only the
 * supervisor. The child disconnects from its IPC channel when the supervisor ends, also by SIGKILL.
 * @throws Error if the system cannot start a process
 */
export function startProcess(options: ProcessOptions): RunningProcess {
  const { args, cwd, env, onLine, clock = systemClock } = options;
  const child = spawn(process.execPath, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  // A failed kill is reported here too. The exit shows its result.
  child.on('error', () => {});
  const { pid, stdout, stderr } = child;
  if (pid === undefined || !stdout || !stderr)
    throw new Error(`the system cannot start: node ${args.join(' ')}`);

  const lines: string[] = [];
  const read = (stream: OutputLine['stream'], input: Readable) =>
    createInterface({ input }).on('line', (text) => {
      lines.push(text);
      if (lines.length > LINES_KEPT) lines.shift();
      onLine?.({ stream, text });
    });
  read('stdout', stdout);
  read('stderr', stderr);

  let ended = false;
  child.once('exit', () => {
    ended = true;
    // Remaining children would keep its ports and its output open.
    signalGroup(pid, 'SIGKILL');
  });
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });

  const kill = (signal: NodeJS.Signals) => {
    if (ended) return;
    if (signal === 'SIGKILL') signalGroup(pid, signal);
    else child.kill(signal);
  };
  let stopping: Promise<Exit> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      kill('SIGTERM');
      // A paused process receives SIGTERM only after SIGCONT.
      if (!ended) signalGroup(pid, 'SIGCONT');
      const cancel = clock.after(STOP_TIMEOUT_MS, () => kill('SIGKILL'));
      return exited.finally(cancel);
    })();
    return stopping;
  };
  return { pid, exited, kill, stop, lastLines: () => lines };
}

export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : signal;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // An empty group fails with ESRCH, on macOS also with EPERM. A group of this process has no other errors.
  }
}
