import type { Stops } from '../stops.ts';

/**
 * Resolves with the results of all starts. If one rejects, stops everything, and rejects with that error when all of them have
 * settled: nothing starts after that.
 */
export async function allOrStop<T extends readonly unknown[] | []>(
  stops: Stops,
  starts: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  try {
    return await Promise.all(starts);
  } catch (error) {
    void stops.stop().catch(() => undefined);
    await Promise.allSettled(starts);
    throw error;
  }
}
