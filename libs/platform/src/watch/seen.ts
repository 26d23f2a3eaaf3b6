import { type ServiceState, serviceState } from '#libs/contracts';
import { Problem, monotonicNow, newRequestId, requestContext } from '#libs/http';
import type { Asked, Peers } from '../peers.ts';

/** How long a peer has to tell of itself, in milliseconds. */
const BUDGET_MS = 600;

/** A service that tells of itself, or why it tells nothing. */
export type Seen =
  { readonly name: string; readonly state: ServiceState } | { readonly name: string; readonly why: string };

/** Asks the services that this one works with how they are. */
export async function see(peers: Peers): Promise<Seen[]> {
  const request = { requestId: newRequestId(), deadline: monotonicNow() + BUDGET_MS };
  const asked = await requestContext.run(request, () =>
    peers.ask((control) => control.get('/ops/state', { schema: serviceState })),
  );
  return [...Map.groupBy(asked, ({ peer }) => peer)].map(([name, instances]) => joined(name, instances));
}

/** The first instance that answers stands for all of a service; those that do not are told of it as what is not well. */
export function joined(name: string, instances: readonly Asked<ServiceState>[]): Seen {
  const [state] = instances.flatMap((asked) => ('answer' in asked ? [asked.answer] : []));
  const errors = instances.flatMap((asked) => ('error' in asked ? [asked.error] : []));
  const [why] = errors.map((error) => (error instanceof Problem ? error.code : 'no answer'));
  if (!state) return { name, why: why ?? 'no answer' };
  if (why === undefined) return { name, state };
  const away = {
    name: `${errors.length} of ${instances.length} instances`,
    status: 'down',
    message: why,
  } as const;
  const status = state.status === 'ok' ? 'degraded' : state.status;
  return { name, state: { ...state, status, unwell: [...state.unwell, away] } };
}
