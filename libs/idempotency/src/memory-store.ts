import { LRUCache } from 'lru-cache';
import { type IdempotencyRecord, RECORD_DEFAULTS, type RecordSettings } from './record.ts';
import { type IdempotencyStore, createIdempotencyStore } from './store.ts';

/** Size of all records in bytes. Above it the least recently used records are removed. */
const CAPACITY = 64 * 1024 * 1024;
/** Approximate size of a record without the body of its response, in bytes. */
const RECORD_SIZE = 1024;

/**
 * Creates a store for one process. It loses its records at a restart, and the least recently used ones above 64 MiB. That is
 * enough if the service that owns the effect recognizes the derived key.
 * @param now returns milliseconds from any origin except 0
 */
export function memoryStore(
  options: Partial<RecordSettings> = {},
  now: () => number = () => performance.now(),
): IdempotencyStore {
  const settings = { ...RECORD_DEFAULTS, ...options };
  const records = new LRUCache<string, IdempotencyRecord>({
    maxSize: CAPACITY,
    sizeCalculation: (record) =>
      RECORD_SIZE + (record.state === 'completed' ? (record.response?.body.length ?? 0) : 0),
    ttl: settings.keepMs,
    ttlResolution: 0,
    perf: { now },
  });
  return createIdempotencyStore(async (id, transition) => {
    const before = records.get(id);
    const { record, result } = transition(before, now());
    if (!record) records.delete(id);
    else if (record !== before) records.set(id, record);
    return result;
  }, settings);
}
