import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Clock, systemClock } from './clock.ts';

const STOP_BOUND_MS = 10_000;
const LINES_KEPT = 20;

/** How a process ended: exactly one of the two is not null. */
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
  /** Settles after the last line of output was handed on; never rejects. */
  readonly exited: Promise<Exit>;
  /** SIGKILL reaches the whole process group, any other signal the process alone. Nothing happens after the exit. */
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL where that takes longer than 10 s. Idempotent. */
  stop(): Promise<Exit>;
  /** The newest lines of output, at most 20, oldest first. */
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
 * Starts this Node with `args` in a process group of its own, so that a terminal's Ctrl-C reaches only the
 * supervisor, and with an IPC channel, whose disconnect tells the child that the supervisor is gone however it
 * died. Throws where the system refuses a new process.
 */
export function startProcess(options: ProcessOptions): RunningProcess {
  const { args, cwd, env, onLine, clock = systemClock } = options;
  const child = spawn(process.execPath, args, {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  // Also a failed kill is reported here; what matters of it shows as the exit.
  child.on('error', () => {});
  const { pid, stdout, stderr } = child;
  if (pid === undefined || !stdout || !stderr)
    throw new Error(`the system refused to start: node ${args.join(' ')}`);

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
    // What the process left behind would hold its ports, and its output open.
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
      // One that is paused hears of it only when it goes on.
      if (!ended) signalGroup(pid, 'SIGCONT');
      const cancel = clock.after(STOP_BOUND_MS, () => kill('SIGKILL'));
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
    // An empty group is ESRCH, on macOS also EPERM; a group that we made cannot fail otherwise.
  }
}
