import type { Stops } from './stops.ts';
import { type Target, type TcpProxy, startTcpProxy } from './tcp-proxy.ts';

/** What the services talk to besides each other, by the variable that says where it is. */
const variables = { redis: 'REDIS_URL', database: 'DATABASE_URL', telemetry: 'OTEL_EXPORTER_OTLP_ENDPOINT' };

/** A connection that can be made to fail. */
export interface Link {
  readonly name: string;
  readonly proxy: TcpProxy;
}

/** Puts a proxy in front of a server. */
export const startLink = async (name: string, target: Target, stops: Stops): Promise<Link> => ({
  name,
  proxy: stops.add(await startTcpProxy(target)),
});

/**
 * Puts a proxy in front of all that `env` names. What is encrypted is left alone: a certificate is for a name, and the
 * proxy has another. Resolves with the links and with the environment that leads through them.
 */
export async function startLinks(
  env: NodeJS.ProcessEnv,
  stops: Stops,
): Promise<{ readonly links: readonly Link[]; readonly env: NodeJS.ProcessEnv }> {
  const through = { ...env };
  const links: Link[] = [];
  for (const [name, variable] of Object.entries(variables)) {
    const url = URL.parse(env[variable] ?? '');
    if (!url || url.port === '' || isEncrypted(url)) continue;
    const link = await startLink(name, { host: url.hostname, port: Number(url.port) }, stops);
    url.hostname = '127.0.0.1';
    url.port = String(link.proxy.port);
    through[variable] = url.href;
    links.push(link);
  }
  return { links, env: through };
}

const isEncrypted = ({ protocol, searchParams }: URL): boolean =>
  protocol === 'rediss:' || protocol === 'https:' || searchParams.has('sslmode');
