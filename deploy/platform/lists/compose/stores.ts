import type { NamedService } from '../../derived.ts';
import { toDatabaseUrl, toRedisUrl } from './containers.ts';
import type { Override } from './overrides.ts';

/** Gives a service its optional stores, for deploy/compose/stores.yml, where the containers have the names of the stores. */
export const toAddedStores = ({ name, optionalStores }: NamedService): Override => ({
  variables: {
    ...(optionalStores.includes('replica') && { DATABASE_REPLICA_URL: toDatabaseUrl(name, 'replica') }),
    ...(optionalStores.includes('cache') && { CACHE_REDIS_URL: toRedisUrl('cache') }),
  },
  needs: optionalStores,
});
