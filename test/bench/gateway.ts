import { z } from 'zod';
import { freePorts } from '../../deploy/local/ports.ts';
import {
  LOCAL_IDEMPOTENCY_SECRET,
  type ServiceName,
  degradable,
  services,
  startService,
} from '../../deploy/local/services.ts';
import type { Stops } from '../../deploy/local/stops.ts';
import { type StandIn, startStandIn } from './stand-in.ts';
import { startEach } from './start-each.ts';

const breakerState = z.object({ state: z.string(), openMs: z.number() });
const resilience = z.object({
  upstreams: z.array(
    z.object({ name: z.string(), policies: z.array(z.object({ policy: z.string(), state: z.unknown() })) }),
  ),
});

type InnerService = Exclude<ServiceName, 'gateway'>;
const isInner = (name: ServiceName): name is InnerService => name !== 'gateway';
/** The service that fails in benchmarks: the first that pages can do without, or catalog. */
export const target = degradable.find(isInner) ?? 'catalog';

/** The built gateway in its own process, in front of stand-ins for the other services. */
export interface Gateway {
  readonly url: string;
  readonly upstreams: Readonly<Record<InnerService, StandIn>>;
  /** Returns the number of lines that the gateway has logged since its start. */
  readonly logLines: () => number;
  /** Reads the state of the breaker for `target`. */
  readonly breaker: () => Promise<z.infer<typeof breakerState>>;
  /** Forces the breaker for an upstream closed. @default target */
  readonly holdClosed: (upstream?: InnerService) => Promise<void>;
}

/** Starts a gateway with each of the environments on top of this process' own, and stops them after `measure`. */
export const withGateways = <T>(
  environments: readonly NodeJS.ProcessEnv[],
  measure: (...gateways: Gateway[]) => Promise<T>,
): Promise<T> => startEach(environments, startGateway, measure);

async function startGateway(env: NodeJS.ProcessEnv, stops: Stops): Promise<Gateway> {
  const { upstreams, urls } = await startUpstreams(stops);
  const [port = 0] = await freePorts(1);
  const given = { ...urls, IDEMPOTENCY_SECRET: LOCAL_IDEMPOTENCY_SECRET };
  let logLines = 0;
  const service = stops.add(
    startService({
      name: 'gateway',
      port,
      env: { ...process.env, ...given, ...env },
      onLine: () => void (logLines += 1),
    }),
  );
  await service.ready();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    upstreams,
    logLines: () => logLines,
    breaker: async () => {
      const seen = resilience.parse(await (await fetch(`${url}/ops/resilience`)).json()).upstreams;
      const policies = seen.find(({ name }) => name === target)?.policies;
      return breakerState.parse(policies?.find(({ policy }) => policy === 'breaker')?.state);
    },
    holdClosed: async (upstream = target) => {
      const { status } = await fetch(`${url}/ops/breakers/${upstream}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ state: 'forced-closed' }),
      });
      if (status !== 200) throw new Error(`the breaker was not forced closed: ${status}`);
    },
  };
}

/** Starts a stand-in for each service behind the gateway. Resolves with them, and with the variables of their addresses. */
export async function startUpstreams(
  stops: Stops,
): Promise<{ upstreams: Gateway['upstreams']; urls: Record<string, string> }> {
  const started = await Promise.all(
    services
      .filter(({ name }) => isInner(name))
      .map(async ({ name, urlVariable }) => ({
        name,
        urlVariable,
        standIn: stops.add(await startStandIn()),
      })),
  );
  return {
    upstreams: Object.fromEntries(
      started.map(({ name, standIn }) => [name, standIn]),
    ) as Gateway['upstreams'],
    urls: Object.fromEntries(started.map(({ urlVariable, standIn }) => [urlVariable, standIn.url])),
  };
}
