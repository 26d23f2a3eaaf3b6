import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../deploy/local/ports.ts';
import { startProgram } from '../../../deploy/local/program.ts';
import { type Service, respondsOk, withReadiness } from '../../../deploy/local/readiness.ts';

/** A flagd that serves one file. */
export interface Flagd {
  /** Port of its sync service. It stays the same after a restart. */
  readonly port: number;
  /** Every line of its log so far. */
  readonly log: readonly string[];
  /** Starts it again after `stop`, and resolves when it is ready. */
  start(): Promise<void>;
  /** Replaces its file. */
  write(definitions: string): Promise<void>;
  /** Makes it silent: it no longer runs, and its connections stay open. `stop` ends this too. */
  pause(): void;
  stop(): Promise<void>;
  /** Stops it and removes its file. */
  close(): Promise<void>;
}

/**
 * Starts flagd on free ports, and resolves when it is ready.
 * @param options more options of its command line
 */
export async function startRealFlagd(
  program: string,
  definitions: string,
  options: readonly string[] = [],
): Promise<Flagd> {
  const directory = await mkdtemp(join(tmpdir(), 'flagd-'));
  const path = join(directory, 'flags.json');
  const [port = 0, evaluation = 0, management = 0, ofrep = 0] = await freePorts(4);
  const log: string[] = [];
  const ports = { port: evaluation, 'sync-port': port, 'management-port': management, 'ofrep-port': ofrep };
  const args = Object.entries(ports).flatMap(([option, value]) => [`--${option}`, String(value)]);
  let running: Service | undefined;

  const start = async (): Promise<void> => {
    running = withReadiness({
      name: program,
      process: startProgram({
        command: program,
        args: ['start', '--uri', `file:${path}`, ...args, ...options],
        cwd: directory,
        env: process.env,
        onLine: ({ text }) => log.push(text),
      }),
      probe: () => respondsOk(`http://127.0.0.1:${management}/readyz`),
    });
    await running.ready();
  };
  const write = async (text: string): Promise<void> => {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  };
  const stop = async (): Promise<void> => {
    await running?.stop();
  };
  const close = async (): Promise<void> => {
    await stop();
    await rm(directory, { recursive: true, force: true });
  };

  await write(definitions);
  try {
    await start();
  } catch (error) {
    await close();
    throw error;
  }
  // The group has flagd and the process that ends it with this one.
  const pause = (): void => void (running && process.kill(-running.pid, 'SIGSTOP'));
  return { port, log, start, write, pause, stop, close };
}
