import type { Stops } from '../stops.ts';

/**
 * Resolves with the results of all starts. If one rejects, stops everything, and rejects with that error when all of them have
 * settled: nothing starts after that.
 */
export async function allOrStop<const T extends readonly Promise<unknown>[]>(stops: Stops, starts: T) {
  try {
    return await Promise.all(starts);
  } catch (error) {
    void stops.stop().catch(() => undefined);
    await Promise.allSettled(starts);
    throw error;
  }
}
