import { freePorts } from '../../../deploy/local/ports.ts';
import { startProcess } from '../../../deploy/local/process.ts';
import { respondsOk, withReadiness } from '../../../deploy/local/readiness.ts';
import { LOCAL_IDEMPOTENCY_SECRET, root, serviceArguments } from '../../../deploy/local/services.ts';
import type { Stops } from '../../../deploy/local/stops.ts';
import { compile } from '../compile.ts';
import { naiveGateway } from '../gateways/subjects.ts';
import { type Subject, toGatewayEnv } from './defenses.ts';
import { inBatches } from './in-batches.ts';
import type { Target } from './load.ts';

const COLD_PAGES = 160;
const COLD_AT_ONCE = 4;

/** Node's arguments for the gateways, compiled once. */
export const compileGateways = () => ({
  ours: [...serviceArguments('gateway').slice(0, -1), compile('test/bench/ablation/gateway.ts')],
  naive: naiveGateway().args,
});

/** Starts the gateway of a subject in front of these upstreams, in a process of its own. */
export async function startSubject(
  subject: Subject,
  args: readonly string[],
  urls: Readonly<Record<string, string>>,
  stops: Stops,
): Promise<Target> {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const own =
    subject.kind === 'naive'
      ? { RETRIES: '3' }
      : { IDEMPOTENCY_SECRET: LOCAL_IDEMPOTENCY_SECRET, ...toGatewayEnv(subject) };
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    LOG_LEVEL: 'silent',
    PORT: String(port),
    ...urls,
    ...own,
  };
  const running = startProcess({ args, cwd: root, env });
  const probe = () => respondsOk(url + (subject.kind === 'naive' ? '/api/products/film-0' : '/health/ready'));
  await stops.add(withReadiness({ name: subject.name, process: running, probe })).ready();
  await compilePages(url);
  return { name: subject.name, url, newKeys: subject.without.includes('idempotency-key') };
}

/**
 * Requests pages until V8 has compiled most of their code. Side by side, cold gateways would overload the machine, and
 * their breakers would open.
 */
async function compilePages(url: string): Promise<void> {
  const pages = Array.from({ length: COLD_PAGES }, (_, page) => page);
  await inBatches(pages, COLD_AT_ONCE, async (page) =>
    (await fetch(`${url}/api/products/cold-${page}`)).arrayBuffer(),
  );
}
