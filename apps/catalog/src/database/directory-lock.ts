import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const SQLITE_BUSY = 5;

export class DirectoryInUseError extends Error {
  constructor(directory: string, cause: unknown) {
    super(`the directory ${directory} is in use by another process`, { cause });
    this.name = 'DirectoryInUseError';
  }
}

/**
 * Locks a directory for this process. Uses SQLite's lock on a file in the directory, so the operating system releases it
 * when the process dies.
 * @returns a function that releases the lock
 * @throws DirectoryInUseError
 */
export function lockDirectory(directory: string): () => void {
  const file = new DatabaseSync(join(directory, 'lock.db'), { timeout: 0 });
  try {
    file.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    throw isBusy(error) ? new DirectoryInUseError(directory, error) : error;
  }
  return () => file.close();
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
