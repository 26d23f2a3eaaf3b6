import { LRUCache } from 'lru-cache';
import {
  type IdempotencyRecord,
  RECORD_DEFAULTS,
  type RecordSettings,
  type Step,
  claim,
  complete,
  markUnknown,
  release,
  renew,
} from './record.ts';
import type { IdempotencyStore } from './store.ts';

/** What all records may take together, in bytes; beyond it those go first that were not used for longest. */
const CAPACITY = 64 * 1024 * 1024;
/** What a record takes beside the body of its answer, about, in bytes. */
const RECORD_SIZE = 1024;

/**
 * A store for one process: another replica, or this one after a restart, knows nothing of it, and under load it may
 * forget before its time. Enough where whoever owns the effect knows the derived key again.
 * @param now milliseconds from any origin but 0
 */
export function memoryStore(
  options: Partial<RecordSettings> = {},
  now: () => number = () => performance.now(),
): IdempotencyStore {
  const settings = { ...RECORD_DEFAULTS, ...options };
  const records = new LRUCache<string, IdempotencyRecord>({
    maxSize: CAPACITY,
    sizeCalculation: (record) => RECORD_SIZE + bodySize(record),
    ttl: settings.keepMs,
    ttlResolution: 0,
    perf: { now },
  });

  async function make<R>(
    id: string,
    transition: (record: IdempotencyRecord | undefined) => Step<R>,
  ): Promise<R> {
    const before = records.get(id);
    const { record, result } = transition(before);
    if (!record) records.delete(id);
    else if (record !== before) records.set(id, record);
    return result;
  }

  return {
    leaseMs: settings.leaseMs,
    claim: (id, wanted) => make(id, (record) => claim(record, wanted, now(), settings)),
    renew: (id, owner) => make(id, (record) => renew(record, owner, now(), settings)),
    complete: (id, owner, answer) => make(id, (record) => complete(record, owner, answer)),
    markUnknown: (id, owner) => make(id, (record) => markUnknown(record, owner)),
    release: (id, owner) => make(id, (record) => release(record, owner)),
  };
}

const bodySize = (record: IdempotencyRecord): number =>
  record.state === 'completed' ? (record.answer?.body.length ?? 0) : 0;
