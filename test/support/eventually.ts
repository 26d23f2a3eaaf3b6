import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;

/** Repeats `look` until it does not throw, and resolves with its result. Throws its last error after the timeout. */
export async function eventually<T>(look: () => Promise<T> | T, boundMs = 60_000): Promise<T> {
  const deadline = performance.now() + boundMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(POLL_MS);
    }
  }
}
