import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { FeedListener, FlagFeed } from './feed.ts';

/** Time between two reads, in milliseconds. Not every file system reports every change. */
const POLL_MS = 2000;
/** Time that an editor has to finish writing, in milliseconds. */
const SETTLE_MS = 50;

/**
 * Follows a file that is edited in place, replaced by renaming, reached through a link that Kubernetes swaps for a ConfigMap,
 * deleted, or created later. It watches the directory, because the watch of a file ends with that file.
 */
export class FileFeed implements FlagFeed {
  readonly from: string;
  #stopped = false;
  #wake = new AbortController();
  #following: Promise<void> | undefined;

  constructor(path: string) {
    this.from = path;
  }

  start(listener: FeedListener): void {
    this.#following ??= this.#follow(listener);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake.abort();
    await this.#following;
  }

  async #follow(listener: FeedListener): Promise<void> {
    let last: string | Error | undefined;
    while (!this.#stopped) {
      // The watch starts before the read, so a change during the read causes another read.
      const wake = (this.#wake = new AbortController());
      const watcher = watchDirectory(dirname(this.from), () => wake.abort());
      const current = await readFile(this.from, 'utf8').catch((error: Error) => error);
      if (this.#stopped) wake.abort();
      else if (typeof current === 'string' && current !== last) listener.definitions(current);
      else if (current instanceof Error && !(last instanceof Error)) listener.unavailable(current.message);
      last = current;
      await setTimeout(POLL_MS, undefined, { signal: wake.signal }).catch(() => undefined);
      watcher?.close();
      if (wake.signal.aborted && !this.#stopped) await setTimeout(SETTLE_MS);
    }
  }
}

/** Returns `undefined` if the directory does not exist. Polling finds it later. */
function watchDirectory(path: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(path, onChange).on('error', onChange);
  } catch {
    return undefined;
  }
}
