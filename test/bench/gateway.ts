import { z } from 'zod';
import { freePorts } from '../../deploy/local/ports.ts';
import { LOCAL_IDEMPOTENCY_SECRET, startService } from '../../deploy/local/services.ts';
import type { Stops } from '../../deploy/local/stops.ts';
import { type StandIn, startStandIn } from './stand-in.ts';
import { startEach } from './start-each.ts';

const breakerState = z.object({ state: z.string(), openMs: z.number() });
const upstreams = z.object({
  upstreams: z.array(
    z.object({ name: z.string(), policies: z.array(z.object({ policy: z.string(), state: z.unknown() })) }),
  ),
});

/** The built gateway in its own process, in front of stand-ins for catalog and recommendations. */
export interface Gateway {
  readonly url: string;
  readonly catalog: StandIn;
  readonly recommendations: StandIn;
  /** Returns the number of lines that the gateway has logged since its start. */
  readonly logLines: () => number;
  /** Reads the state of the breaker for recommendations. */
  readonly breaker: () => Promise<z.infer<typeof breakerState>>;
  /** Forces that breaker closed. */
  readonly holdClosed: () => Promise<void>;
}

/** Starts a gateway with each of the environments on top of this process' own, and stops them after `measure`. */
export const withGateways = <T>(
  environments: readonly NodeJS.ProcessEnv[],
  measure: (...gateways: Gateway[]) => Promise<T>,
): Promise<T> => startEach(environments, startGateway, measure);

async function startGateway(env: NodeJS.ProcessEnv, stops: Stops): Promise<Gateway> {
  const catalog = stops.add(await startStandIn());
  const recommendations = stops.add(await startStandIn());
  const [port = 0] = await freePorts(1);
  const given = {
    CATALOG_URL: catalog.url,
    RECOMMENDATIONS_URL: recommendations.url,
    IDEMPOTENCY_SECRET: LOCAL_IDEMPOTENCY_SECRET,
  };
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
    catalog,
    recommendations,
    logLines: () => logLines,
    breaker: async () => {
      const seen = upstreams.parse(await (await fetch(`${url}/ops/resilience`)).json()).upstreams;
      const policies = seen.find(({ name }) => name === 'recommendations')?.policies;
      return breakerState.parse(policies?.find(({ policy }) => policy === 'breaker')?.state);
    },
    holdClosed: async () => {
      const { status } = await fetch(`${url}/ops/breakers/recommendations`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ state: 'forced-closed' }),
      });
      if (status !== 200) throw new Error(`the breaker was not forced closed: ${status}`);
    },
  };
}
