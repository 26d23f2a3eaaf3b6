import { Stops } from '../../deploy/local/stops.ts';

/** Starts a subject with each of the environments, one after another, and stops all of them after `measure`. */
export async function startEach<S, T>(
  environments: readonly NodeJS.ProcessEnv[],
  start: (env: NodeJS.ProcessEnv, stops: Stops) => Promise<S>,
  measure: (...subjects: S[]) => Promise<T>,
): Promise<T> {
  const stops = new Stops();
  try {
    const subjects: S[] = [];
    for (const env of environments) subjects.push(await start(env, stops));
    return await measure(...subjects);
  } finally {
    await stops.stop();
  }
}
