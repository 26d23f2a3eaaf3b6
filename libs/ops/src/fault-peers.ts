import { type FaultPeers, faultsReport } from '@film-store/fault-injection';
import type { Asked, Peers } from './peers.ts';

const PATH = '/ops/faults';

/** Reaches the fault injection of the peers by their `/ops/faults`. */
export function createFaultPeers(peers: Peers): FaultPeers {
  return {
    async report() {
      const asked = await peers.ask((control) => control.get(PATH, { schema: faultsReport }));
      return {
        active: asked.flatMap((each) => ('answer' in each ? each.answer.active : [])),
        unreachable: [...new Set(failuresOf(asked).map(({ peer }) => peer))],
      };
    },
    begin: async (request, takesPart) =>
      failuresOf(
        await peers.ask((control) => control.put(PATH, request, { schema: faultsReport }), takesPart),
      ),
    async end(scenario, takesPart) {
      await peers.ask((control) => control.delete(PATH, { query: { scenario } }), takesPart);
    },
  };
}

const failuresOf = (asked: readonly Asked<unknown>[]) =>
  asked.flatMap((each) => ('error' in each ? [each] : []));
