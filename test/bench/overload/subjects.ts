import { build } from '../../../deploy/local/build.ts';
import { freePorts } from '../../../deploy/local/ports.ts';
import { startProcess } from '../../../deploy/local/process.ts';
import { respondsOk, withReadiness } from '../../../deploy/local/readiness.ts';
import {
  LOCAL_IDEMPOTENCY_SECRET,
  root,
  serviceArguments,
  startService,
} from '../../../deploy/local/services.ts';
import { Stops } from '../../../deploy/local/stops.ts';
import { compile } from '../compile.ts';

/** One service with several strategies against overload. */
export interface Subject {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
}

export const ours: Subject = { name: 'adaptive limit', env: {} };
export const competitors: readonly Subject[] = [
  { name: 'no shedding', env: { OVERLOAD_STRATEGY: 'off' } },
  { name: 'fixed limit of 1000', env: { OVERLOAD_STRATEGY: 'fixed', OVERLOAD_LIMIT_INITIAL: '1000' } },
  { name: '@fastify/under-pressure', env: { OVERLOAD_STRATEGY: 'off', UNDER_PRESSURE: 'true' } },
];

/** Runs a gateway in front of the catalog at this address during `measure`. Optional services are unreachable. */
export async function withGateway<T>(
  catalog: string,
  measure: (url: string) => Promise<T>,
  env: Subject['env'] = {},
): Promise<T> {
  const [port = 0] = await freePorts(1);
  const gateway = startService({
    name: 'gateway',
    port,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      IDEMPOTENCY_SECRET: LOCAL_IDEMPOTENCY_SECRET,
      CATALOG_URL: catalog,
      RECOMMENDATIONS_URL: 'http://127.0.0.1:9',
      ...env,
    },
  });
  try {
    await gateway.ready();
    return await measure(`http://127.0.0.1:${port}`);
  } finally {
    await gateway.stop();
  }
}

/** Starts the service in a process of its own. The services must be built. Resolves with its address when it is ready. */
export async function startSubject({ name, env }: Subject, stops: Stops): Promise<string> {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const running = startProcess({
    args: [...serviceArguments('catalog').slice(0, -1), compile('test/bench/overload/service.ts')],
    cwd: root,
    env: { ...process.env, ...env, NODE_ENV: 'production', PORT: String(port) },
  });
  const probe = () => respondsOk(`${url}/health/ready`);
  await stops.add(withReadiness({ name, process: running, probe })).ready();
  return url;
}

/** Runs it in its own process during `measure`. */
export async function withSubject<T>(subject: Subject, measure: (url: string) => Promise<T>): Promise<T> {
  await build(root, () => undefined);
  const stops = new Stops();
  try {
    return await measure(await startSubject(subject, stops));
  } finally {
    await stops.stop();
  }
}
