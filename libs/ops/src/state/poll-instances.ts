import { type ServiceState, serviceState } from '../system-state.ts';
import { Problem } from '@film-store/problem';
import { runShared } from '@film-store/resilience';
import type { Asked, Peers } from '../peers.ts';

/** One poll serves all who watch. The time is what a peer has to tell of itself. */
const POLL = { name: 'poll services', timeoutMs: 600, priority: 'normal' } as const;

/** A service that tells of itself, or why it tells nothing. */
export type InstanceSnapshot =
  | { readonly name: string; readonly state: ServiceState }
  | { readonly name: string; readonly reason: string };

/** Asks the services that this one works with how they are. */
export async function pollInstances(peers: Peers): Promise<InstanceSnapshot[]> {
  const asked = await runShared(POLL, () =>
    peers.ask((control) => control.get('/ops/state', { schema: serviceState })),
  );
  return [...Map.groupBy(asked, ({ peer }) => peer)].map(([name, instances]) =>
    mergeInstances(name, instances),
  );
}

/** The first instance that answers stands for all of a service; those that do not are told of it as what is not well. */
export function mergeInstances(name: string, instances: readonly Asked<ServiceState>[]): InstanceSnapshot {
  const [state] = instances.flatMap((asked) => ('answer' in asked ? [asked.answer] : []));
  const errors = instances.flatMap((asked) => ('error' in asked ? [asked.error] : []));
  const [reason] = errors.map((error) => (error instanceof Problem ? error.code : 'no response'));
  if (!state) return { name, reason: reason ?? 'no response' };
  if (reason === undefined) return { name, state };
  const away = {
    name: `${errors.length} of ${instances.length} instances`,
    status: 'down',
    message: reason,
  } as const;
  const status = state.status === 'ok' ? 'degraded' : state.status;
  return { name, state: { ...state, status, failingChecks: [...state.failingChecks, away] } };
}
