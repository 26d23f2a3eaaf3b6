import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { monotonicNow } from '@film-store/core';

interface StallLimits {
  /** Longest time in which a connection with something to write may complete no write, in milliseconds. */
  readonly stalledMs: number;
  /** Time between two checks, in milliseconds. */
  readonly checkEveryMs: number;
}

interface Progress {
  /** Bytes that the operating system has taken. */
  readonly written: number;
  /** When it took the last of them, on the clock of the caller. */
  readonly since: number;
}

/** Returns the progress at `now`, given the one at the check before; `undefined` where there is nothing to write. */
export function progressOf(
  { bytesWritten, writableLength }: Pick<Socket, 'bytesWritten' | 'writableLength'>,
  now: number,
  before: Progress | undefined,
): Progress | undefined {
  if (writableLength === 0) return undefined;
  const written = bytesWritten - writableLength;
  return before?.written === written ? before : { written, since: now };
}

/** Closes the connections of clients that do not read their responses. */
export function cutOffStalledResponses(server: Server, { stalledMs, checkEveryMs }: StallLimits): void {
  const connections = new Map<Socket, Progress | undefined>();
  server.on('connection', (socket: Socket) => {
    connections.set(socket, undefined);
    socket.once('close', () => connections.delete(socket));
  });

  const check = (): void => {
    const now = monotonicNow();
    for (const [socket, before] of connections) {
      const progress = progressOf(socket, now, before);
      if (progress && now - progress.since >= stalledMs) socket.destroy();
      else connections.set(socket, progress);
    }
  };
  const timer = setInterval(check, checkEveryMs).unref();
  server.once('close', () => clearInterval(timer));
}
