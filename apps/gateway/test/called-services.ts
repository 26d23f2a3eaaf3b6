import { type ServiceName, platformServices } from '@film-store/contracts';
import { toEnvName } from '@film-store/service';
import { type FakeUpstream, film, films, json, startFakeUpstream } from './fake-upstream.ts';

export const ALIEN = {
  product: film('alien'),
  availability: { inStock: true, quantity: 7, lastUpdated: '2026-01-01T00:00:00.000Z' },
};
export const FIRST_PAGE = { items: ['alien', 'brazil', 'casablanca'].map(film), nextCursor: null };

/** Bodies of successful responses, by path. */
export type Responses = Readonly<Record<string, unknown>>;
type Called = keyof (typeof platformServices)['gateway']['calls'];

/** The successful responses of each service that the gateway calls. */
export const successful: Readonly<Record<Called, Responses>> = {
  // #region part: recommendations
  recommendations: {
    '/recommendations': films('aliens'),
    '/recommendations/popular': films('alien', 'dune'),
  },
  // #endregion part: recommendations
  catalog: { '/products/alien': ALIEN, '/products': FIRST_PAGE },
};

/** Upstreams in place of all services that the gateway calls. */
export interface CalledServices {
  readonly upstreams: Readonly<Record<Called, FakeUpstream>>;
  /** The settings of the gateway that name the upstreams. */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/** Starts an upstream for each called service. All respond with success. */
export async function startCalledServices(): Promise<CalledServices> {
  const started = await Promise.all(
    Object.entries<Responses>(successful).map(async ([service, responses]) => {
      const upstream = await startFakeUpstream();
      for (const [path, body] of Object.entries(responses)) upstream.respond(path, json(body));
      return [service as ServiceName, upstream] as const;
    }),
  );
  return {
    upstreams: Object.fromEntries(started) as Record<Called, FakeUpstream>,
    env: Object.fromEntries(started.map(([service, { url }]) => [`${toEnvName(service)}_URL`, url])),
    close: () => {
      for (const [, upstream] of started) upstream.close();
    },
  };
}
