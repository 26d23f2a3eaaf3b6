import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;
const BOUND_MS = 20_000;

/** Repeats `look` until it does not throw, and resolves with what it returned; after 20 s its last error is thrown. */
export async function eventually<T>(look: () => Promise<T> | T): Promise<T> {
  const deadline = performance.now() + BOUND_MS;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(POLL_MS);
    }
  }
}
