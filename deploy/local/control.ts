import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Stoppable } from './stops.ts';

/** Relative to the root, since the path of a socket may hold about 100 characters only. One per demo: ports are not shared. */
const socketPath = (gatewayPort: number) => `.data/demo-${gatewayPort}.sock`;

/** Takes commands from other terminals: a connection carries one line, and gets the answer. */
export async function startControl(
  gatewayPort: number,
  execute: (line: string) => Promise<string>,
): Promise<Stoppable> {
  const path = socketPath(gatewayPort);
  await mkdir('.data', { recursive: true });
  // Left behind by a demo that was killed: a living one would hold the port.
  await rm(path, { force: true });
  const answer = async (socket: Socket) => {
    for await (const line of createInterface({ input: socket })) {
      socket.end(`${await execute(line)}\n`);
      return;
    }
  };
  const server = createServer((socket) => {
    socket.on('error', () => {});
    void answer(socket);
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    async stop() {
      if (!server.listening) return;
      server.close();
    },
  };
}

/** Hands a command to the demo that runs in another terminal. Rejects where there is none. */
export async function sendCommand(gatewayPort: number, line: string): Promise<string> {
  const socket = connect(socketPath(gatewayPort));
  try {
    await once(socket, 'connect');
  } catch (error) {
    throw new Error(`no demo with its gateway on port ${gatewayPort} runs here`, { cause: error });
  }
  socket.write(`${line}\n`);
  return text(socket);
}
