import {
  type FaultInjectionOptions,
  FaultInjectionModule,
  type RemoteFaults,
  faultsReport,
} from '@film-store/fault-injection';
import { type HttpUpstream, UpstreamRegistry } from '@film-store/resilience';
import type { DynamicModule } from '@nestjs/common';
import { Operators } from './operators.ts';
import type { OpsOptions } from './ops-options.ts';
import { Peers, splitResults } from './peers.ts';

/** Returns the module of `/ops/faults`, or no module if the service has no fault points. */
export function createFaultInjection(
  { service, faults }: Pick<OpsOptions, 'service' | 'faults'>,
  operators: DynamicModule,
): DynamicModule[] {
  if (!faults) return [];
  const module = FaultInjectionModule.forRootAsync({
    imports: [operators],
    inject: [Operators, Peers, UpstreamRegistry],
    useFactory: (admin: Operators, peers: Peers, upstreams: UpstreamRegistry): FaultInjectionOptions => ({
      ...faults,
      service,
      authorize: (request) => admin.authorize(request),
      points: () => {
        const points = upstreams.all().map(({ name }) => name);
        // #region part: flags
        points.unshift('flags');
        // #endregion part: flags
        return points;
      },
      remote: createRemoteFaults(peers),
    }),
  });
  return [module];
}

const FAULTS = '/ops/faults';

function createRemoteFaults(peers: Peers): RemoteFaults {
  return {
    async report() {
      const results = await peers.call((client) => client.get(FAULTS, { schema: faultsReport }));
      const { responses, failures } = splitResults(results);
      return {
        active: responses.flatMap(({ active }) => active),
        unreachable: [...new Set(failures.map(({ peer }) => peer))],
      };
    },
    async begin(request, takesPart) {
      const begin = (client: HttpUpstream) => client.put(FAULTS, request, { schema: faultsReport });
      return splitResults(await peers.call(begin, takesPart)).failures;
    },
    async end(scenario, takesPart) {
      await peers.call((client) => client.delete(FAULTS, { query: { scenario } }), takesPart);
    },
  };
}
