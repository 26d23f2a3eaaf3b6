import { freePorts } from '../../../deploy/local/ports.ts';
import { startProcess } from '../../../deploy/local/process.ts';
import { respondsOk, withReadiness } from '../../../deploy/local/readiness.ts';
import { root } from '../../../deploy/local/services.ts';
import type { Stops } from '../../../deploy/local/stops.ts';
import { type Gateway, startUpstreams } from '../gateway.ts';
import { naiveGateway } from '../gateways/subjects.ts';
import { startEach } from '../start-each.ts';

export type NaiveGateway = Pick<Gateway, 'url' | 'upstreams' | 'logLines'>;

/** Starts a naive gateway with each of the environments on top of this process' own, and stops them after `measure`. */
export const withNaiveGateways = <T>(
  environments: readonly NodeJS.ProcessEnv[],
  measure: (...gateways: NaiveGateway[]) => Promise<T>,
): Promise<T> => startEach(environments, startNaiveGateway, measure);

async function startNaiveGateway(env: NodeJS.ProcessEnv, stops: Stops): Promise<NaiveGateway> {
  const { upstreams, urls } = await startUpstreams(stops);
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const { name, args } = naiveGateway();
  let logLines = 0;
  const running = startProcess({
    args,
    cwd: root,
    env: {
      ...process.env,
      ...urls,
      NODE_ENV: 'production',
      PORT: String(port),
      ...env,
    },
    onLine: () => void (logLines += 1),
  });
  const probe = () => respondsOk(`${url}/api/products/ready`);
  await stops.add(withReadiness({ name, process: running, probe })).ready();
  return { url, upstreams, logLines: () => logLines };
}
