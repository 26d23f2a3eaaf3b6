import type { Stops } from './stops.ts';
import { type Target, type TcpProxy, startTcpProxy } from './tcp-proxy.ts';

/** The servers that services connect to, with the variable of their address. */
const variables = { redis: 'REDIS_URL', database: 'DATABASE_URL', telemetry: 'OTEL_EXPORTER_OTLP_ENDPOINT' };

/** A connection with a proxy that injects faults. */
export interface Link {
  readonly name: string;
  readonly proxy: TcpProxy;
}

/** Starts a proxy in front of a server. */
export const startLink = async (name: string, target: Target, stops: Stops): Promise<Link> => ({
  name,
  proxy: stops.add(await startTcpProxy(target)),
});

/**
 * Starts a proxy in front of every server that `env` names. Encrypted connections get none, because the certificate is not
 * for the name of the proxy. Resolves with the links and an environment that leads through them.
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
