import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { FeedListener, FlagFeed } from './feed.ts';

/** Longest time, in milliseconds, in which a change is missed that the file system did not announce. */
const POLL_MS = 2000;
/** How long an editor gets to finish what it has begun to write, in milliseconds. */
const SETTLE_MS = 50;

/**
 * Follows a file, whether it is written in place, replaced by renaming, reached through a link that is swapped (as
 * Kubernetes does with a ConfigMap), deleted, or not there yet. It watches the directory, because a watch of the file
 * ends with that file, and reads again every two seconds, because not every file system announces every change.
 */
export class FileFeed implements FlagFeed {
  #stopped = false;
  #wake = new AbortController();
  #following: Promise<void> | undefined;

  constructor(readonly from: string) {}

  start(listener: FeedListener): void {
    this.#following ??= this.#follow(listener);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake.abort();
    await this.#following;
  }

  async #follow(listener: FeedListener): Promise<void> {
    let told: Contents | undefined;
    while (!this.#stopped) {
      // Watched before it is read: what changes meanwhile is read again.
      const wake = (this.#wake = new AbortController());
      const watcher = watchDirectory(dirname(this.from), () => wake.abort());
      const now = await contentsOf(this.from);
      if (this.#stopped) wake.abort();
      else if (told === undefined || !same(told, now)) {
        told = now;
        if (now.text === undefined) listener.gone(now.error);
        else listener.definitions(now.text);
      }
      await pause(POLL_MS, wake.signal);
      watcher?.close();
      if (wake.signal.aborted && !this.#stopped) await setTimeout(SETTLE_MS);
    }
  }
}

type Contents = { readonly text: string } | { readonly text?: undefined; readonly error: string };

const same = (one: Contents, other: Contents): boolean => one.text === other.text;

async function contentsOf(path: string): Promise<Contents> {
  try {
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** `undefined` where there is nothing to watch: the next look finds what appears there. */
function watchDirectory(path: string, onChange: () => void): FSWatcher | undefined {
  try {
    return watch(path, onChange).on('error', onChange);
  } catch {
    return undefined;
  }
}

/** Resolves after `ms` milliseconds, or at once when `signal` aborts, which is the only reason for it to reject. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => undefined);
