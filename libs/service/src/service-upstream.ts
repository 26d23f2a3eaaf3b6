import type { UpstreamPolicies } from '@film-store/resilience';
import { withLocalDefault } from '@film-store/config';
import { httpUrls } from './config.ts';
import { type EnvName, toEnvName, toUpstreamPolicies, upstreamEnv } from './environment.ts';
import { serviceTokenHeaders } from './service-token.ts';

type Addresses<N extends string> = { readonly [K in `${EnvName<N>}_URL`]: string };

interface ServiceUpstreamDefaults extends Partial<UpstreamPolicies> {
  /** Address of the service on this machine. With `NODE_ENV=production` there is no default. */
  readonly url: string;
}

/** Returns the variables of calls to a service of this platform: `NAME_URL`, and `UPSTREAM_NAME_…` for the policies. */
export const serviceUpstreamEnv = <N extends string>(
  name: N,
  { url, ...policies }: ServiceUpstreamDefaults,
) => {
  const addresses = withLocalDefault(httpUrls, url).describe(
    `Addresses of ${name}. \`,\` separates endpoints of equal preference, \`|\` separates regions in order of preference. Required with NODE_ENV=production.`,
  );
  return {
    ...({ [`${toEnvName(name)}_URL`]: addresses } as { [K in keyof Addresses<N>]: typeof addresses }),
    ...upstreamEnv(name, policies),
  };
};

interface ServiceUpstream {
  readonly url: string;
  readonly policies: UpstreamPolicies;
  readonly headers: Record<string, string>;
  readonly internal: true;
}

/** Returns the options of the upstream for a service of this platform, which receives the service token. */
export const toServiceUpstream = <N extends string>(
  name: N,
  config: Addresses<N> &
    Parameters<typeof toUpstreamPolicies<N>>[1] &
    Parameters<typeof serviceTokenHeaders>[0],
): ServiceUpstream => ({
  url: config[`${toEnvName(name)}_URL`] as string,
  policies: toUpstreamPolicies(name, config),
  headers: serviceTokenHeaders(config),
  internal: true,
});
