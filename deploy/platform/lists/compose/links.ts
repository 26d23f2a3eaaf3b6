import type { NamedService } from '../../derived.ts';
import { toDatabaseUrl, toRedisUrl } from './containers.ts';
import type { Override } from './overrides.ts';

/** Leads a service to its database and Redis through the proxy `links`, for deploy/compose/links.yml. */
export const toLinkedStores = ({ name, stores }: NamedService): Override => ({
  variables: {
    ...(stores.includes('database') && { DATABASE_URL: toDatabaseUrl(name, 'links') }),
    ...(stores.includes('redis') && { REDIS_URL: toRedisUrl('links') }),
  },
  needs: ['links'],
});
