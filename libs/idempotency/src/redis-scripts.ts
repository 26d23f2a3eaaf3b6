/**
 * The transitions of `record.ts` as Lua scripts. KEYS[1] is the record, a hash with these fields:
 * - `state`, `fingerprint` and `takeovers`, always. The quarantined state has its name of 0.1.0;
 * - `owner` while in flight or quarantined, `lease` and `doubt` (`mayHaveExecuted`) while in flight;
 * - `head` and `body` once completed with a response that is stored.
 *
 * Replicas of two versions share the records, so do not change the format. Every write restarts the time to live. The scripts
 * use the time of the server.
 */

const TIME = `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function lease_until(ms)
  return string.format('%.0f', now() + ms)
end
`;

/** KEYS[1]; owner, fingerprint, lease ms, maximum of takeovers, keep ms → the outcome and its details. */
export const CLAIM = `${TIME}
local key, owner, fingerprint = KEYS[1], ARGV[1], ARGV[2]
local lease_ms, max_takeovers, keep_ms = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local record = redis.call('HMGET', key, 'state', 'fingerprint', 'takeovers', 'owner', 'lease')
local state, known, takeovers, holder = record[1], record[2], tonumber(record[3] or 0), record[4]

local function version(of)
  return string.match(of, '^[^:]*')
end

local function claimed(fingerprint, takeovers, doubt)
  redis.call('HSET', key, 'state', 'in-flight', 'fingerprint', fingerprint, 'takeovers', takeovers,
    'owner', owner, 'lease', lease_until(lease_ms), 'doubt', doubt)
  redis.call('PEXPIRE', key, keep_ms)
  return {'claimed'}
end

if not state then return claimed(fingerprint, 0, 0) end
if known ~= fingerprint and version(known) == version(fingerprint) then return {'mismatch'} end
if state == 'completed' then
  local response = redis.call('HMGET', key, 'head', 'body')
  return {'completed', response[1], response[2]}
end
if state == 'unknown' then return claimed(known, takeovers, 1) end
if state == 'parked' then return {'quarantined', 0} end
if holder == owner then return {'already-owned'} end
local left = tonumber(record[5]) - now()
if left > lease_ms then
  redis.call('HSET', key, 'lease', lease_until(lease_ms))
  redis.call('PEXPIRE', key, keep_ms)
  return {'busy', lease_ms}
end
if left > 0 then return {'busy', left} end
if takeovers < max_takeovers then return claimed(known, takeovers + 1, 1) end
redis.call('HDEL', key, 'lease', 'doubt')
redis.call('HSET', key, 'state', 'parked')
redis.call('PEXPIRE', key, keep_ms)
return {'quarantined', 1}
`;

/** Returns 0 unless the caller owns the record. A quarantined record was taken over before, so it may have executed. */
const AS_OWNER = `
local key, owner = KEYS[1], ARGV[1]
if redis.call('HGET', key, 'owner') ~= owner then return 0 end
local doubt = redis.call('HGET', key, 'doubt') or '1'

local function unknown(keep_ms)
  redis.call('HDEL', key, 'owner', 'lease', 'doubt')
  redis.call('HSET', key, 'state', 'unknown')
  redis.call('PEXPIRE', key, keep_ms)
  return 1
end
`;

/**
 * KEYS[1]; owner, lease ms, keep ms. Redis at `maxmemory` rejects a script whose first write may need memory. PEXPIRE needs
 * none, like the HDEL that begins the other ends of an attempt. So an attempt that has its claim can keep and end it.
 */
export const RENEW = `${TIME}${AS_OWNER}
redis.call('PEXPIRE', key, ARGV[3])
redis.call('HSET', key, 'state', 'in-flight', 'lease', lease_until(tonumber(ARGV[2])), 'doubt', doubt)
return 1
`;

/** KEYS[1]; owner, keep ms and, for a stored response, its head and body. */
export const COMPLETE = `${AS_OWNER}
redis.call('HDEL', key, 'owner', 'lease', 'doubt', 'takeovers')
redis.call('HSET', key, 'state', 'completed')
if ARGV[3] then redis.call('HSET', key, 'head', ARGV[3], 'body', ARGV[4]) end
redis.call('PEXPIRE', key, ARGV[2])
return 1
`;

/** KEYS[1]; owner, keep ms. */
export const UNKNOWN = `${AS_OWNER}
return unknown(ARGV[2])
`;

/** KEYS[1]; owner, keep ms. */
export const RELEASE = `${AS_OWNER}
if doubt == '1' then return unknown(ARGV[2]) end
redis.call('DEL', key)
return 1
`;

/** KEYS[1] → 1 if the record is absent, or in its first attempt. */
export const LOST = `
local record = redis.call('HMGET', KEYS[1], 'state', 'takeovers', 'doubt')
local first = record[1] == 'in-flight' and record[2] == '0' and record[3] == '0'
return (not record[1] or first) and 1 or 0
`;
