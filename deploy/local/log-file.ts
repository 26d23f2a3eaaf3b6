import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface LogFile {
  write(line: string): void;
  /** Resolves when all lines are in the file. Idempotent. */
  stop(): Promise<void>;
}

/** Truncates and opens the file. Rejects if the file cannot be written. */
export async function openLogFile(path: string): Promise<LogFile> {
  await mkdir(dirname(path), { recursive: true });
  const stream = createWriteStream(path);
  await once(stream, 'open');
  // A full disk must not stop the system.
  stream.on('error', () => {});
  return {
    write: (line) => void stream.write(`${line}\n`),
    async stop() {
      if (stream.closed) return;
      const closed = once(stream, 'close');
      stream.end();
      await closed;
    },
  };
}
