export interface RedisSettings {
  readonly REDIS_URL?: string | undefined;
  readonly REDIS_SENTINELS?: string | undefined;
  readonly REDIS_SENTINEL_NAME?: string | undefined;
  readonly REDIS_CLUSTER_NODES?: string | undefined;
  readonly REDIS_USERNAME?: string | undefined;
  readonly REDIS_PASSWORD?: string | undefined;
  readonly REDIS_SENTINEL_PASSWORD?: string | undefined;
  readonly REDIS_TLS?: 'true' | 'false' | undefined;
  readonly REDIS_TLS_CA_FILE?: string | undefined;
}

/** Whether Redis is to prove by a certificate who it is, and nobody else hears what is said. */
export const speaksTls = ({ REDIS_URL, REDIS_TLS }: RedisSettings): boolean =>
  REDIS_TLS === 'true' || REDIS_URL?.startsWith('rediss:') === true;
