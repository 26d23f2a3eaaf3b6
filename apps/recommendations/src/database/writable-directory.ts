import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Returns whether files can be created in a directory, which may be missing as long as it can be created. Changes nothing. */
export function isWritableDirectory(path: string): boolean {
  const existing = findExisting(resolve(path));
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
    return statSync(existing).isDirectory();
  } catch {
    return false;
  }
}

/** Returns the path, or the closest directory above it that exists. */
function findExisting(path: string): string {
  if (path === dirname(path)) return path;
  return statSync(path, { throwIfNoEntry: false }) ? path : findExisting(dirname(path));
}
