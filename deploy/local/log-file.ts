import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface LogFile {
  write(line: string): void;
  /** Resolves when everything written is in the file. Idempotent. */
  stop(): Promise<void>;
}

/** Opens the file afresh: a run's log holds that run alone. Rejects where the file cannot be written. */
export async function openLogFile(path: string): Promise<LogFile> {
  await mkdir(dirname(path), { recursive: true });
  const stream = createWriteStream(path);
  await once(stream, 'open');
  // A full disk must not end the system whose log it is.
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
