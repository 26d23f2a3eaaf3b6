import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { monotonicNow } from '@film-store/core';

interface Progress {
  /** Bytes that the operating system has accepted. */
  readonly written: number;
  /** Time of the first check with this number, in milliseconds. */
  readonly since: number;
}

/** Returns the progress at `now`, given that of the previous check; `undefined` if no data is pending. */
export function measureProgress(
  { bytesWritten, writableLength }: Pick<Socket, 'bytesWritten' | 'writableLength'>,
  now: number,
  previous: Progress | undefined,
): Progress | undefined {
  if (writableLength === 0) return undefined;
  const written = bytesWritten - writableLength;
  return previous?.written === written ? previous : { written, since: now };
}

/**
 * Closes the connections of clients that do not read their responses.
 * @param stalledMs longest time without a completed write on a connection with pending data, in milliseconds
 */
export function closeStalledConnections(server: Server, stalledMs: number, checkEveryMs: number): void {
  const connections = new Map<Socket, Progress | undefined>();
  server.on('connection', (socket: Socket) => {
    connections.set(socket, undefined);
    socket.once('close', () => connections.delete(socket));
  });
  const check = (): void => {
    const now = monotonicNow();
    for (const [socket, previous] of connections) {
      const progress = measureProgress(socket, now, previous);
      if (progress && now - progress.since >= stalledMs) socket.destroy();
      else connections.set(socket, progress);
    }
  };
  const timer = setInterval(check, checkEveryMs).unref();
  server.once('close', () => clearInterval(timer));
}
