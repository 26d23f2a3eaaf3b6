import { setTimeout as sleep } from 'node:timers/promises';

/** Whether `work` settles within `ms` milliseconds; what it settles with is not looked at, what comes later is dropped. */
export async function settlesWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
  const over = new AbortController();
  const settled = work.then(
    () => true,
    () => true,
  );
  const late = sleep(ms, false, { signal: over.signal }).catch(() => false);
  return Promise.race([settled, late]).finally(() => over.abort());
}
