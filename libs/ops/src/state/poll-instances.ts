import { Problem } from '@film-store/problem';
import { runShared } from '@film-store/resilience';
import { type PeerResult, type Peers, splitResults } from '../peers.ts';
import { type ServiceState, serviceState } from '../system-state.ts';

/** Concurrent subscribers share one poll. */
const POLL = { name: 'poll services', timeoutMs: 600, priority: 'normal' } as const;

export type InstanceSnapshot =
  | { readonly name: string; readonly state: ServiceState }
  | { readonly name: string; readonly reason: string };

/** Reads the state of all instances of the peers, and merges it to one snapshot per service. */
export async function pollInstances(peers: Peers): Promise<InstanceSnapshot[]> {
  const results = await runShared(POLL, () =>
    peers.call((client) => client.get('/ops/state', { schema: serviceState })),
  );
  return [...Map.groupBy(results, ({ peer }) => peer)].map(([name, instances]) =>
    mergeInstances(name, instances),
  );
}

/** Returns the state of the first instance that responds. Reports the others that fail among the failing checks. */
export function mergeInstances(
  name: string,
  instances: readonly PeerResult<ServiceState>[],
): InstanceSnapshot {
  const { responses, failures } = splitResults(instances);
  const [state] = responses;
  const [reason] = failures.map(({ error }) => (error instanceof Problem ? error.code : 'no response'));
  if (!state) return { name, reason: reason ?? 'no response' };
  if (reason === undefined) return { name, state };
  const failing = `${failures.length} of ${instances.length} instances`;
  const failingChecks = [...state.failingChecks, { name: failing, status: 'down' as const, message: reason }];
  const status = state.status === 'ok' ? 'degraded' : state.status;
  return { name, state: { ...state, status, failingChecks } };
}
