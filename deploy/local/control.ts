import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { type Socket, connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Stoppable } from './stops.ts';

/** Relative to the root, because the path of a socket has at most about 100 characters. Demos differ in the port of the public service. */
const toSocketPath = (publicPort: number) => `.data/demo-${publicPort}.sock`;

/**
 * Receives commands from other terminals. A connection carries one line and gets the response.
 * @throws Error if another demo with this port runs
 */
export async function startControl(
  publicPort: number,
  execute: (line: string) => Promise<string>,
): Promise<Stoppable> {
  const path = toSocketPath(publicPort);
  const other = await connectTo(path);
  other?.destroy();
  if (other) throw new Error(`a demo on port ${publicPort} runs already`);
  await mkdir('.data', { recursive: true });
  // A demo that was killed leaves its socket behind.
  await rm(path, { force: true });
  const respond = async (socket: Socket) => {
    for await (const line of createInterface({ input: socket })) {
      socket.end(`${await execute(line)}\n`);
      return;
    }
  };
  const server = createServer((socket) => {
    socket.on('error', () => {});
    void respond(socket);
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    async stop() {
      if (server.listening) server.close();
    },
  };
}

/**
 * Sends a command to the demo that runs in another terminal, and resolves with its response.
 * @throws Error if no demo runs
 */
export async function sendCommand(publicPort: number, line: string): Promise<string> {
  const socket = await connectTo(toSocketPath(publicPort));
  if (!socket) throw new Error(`no demo on port ${publicPort} runs`);
  socket.write(`${line}\n`);
  return text(socket);
}

async function connectTo(path: string): Promise<Socket | undefined> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return socket;
  } catch {
    return undefined;
  }
}
