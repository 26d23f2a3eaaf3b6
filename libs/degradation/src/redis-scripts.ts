/**
 * KEYS: an entry, the ranking of all entries, their sizes. The field without a name in the sizes is their sum. An entry that
 * expires keeps its place and its size until it has the lowest rank.
 */
const KEYS_OF_STORE = `
local entry, ranking, sizes = KEYS[1], KEYS[2], KEYS[3]
local function remove(key)
  local size = tonumber(redis.call('HGET', sizes, key) or 0)
  redis.call('HDEL', sizes, key)
  redis.call('ZREM', ranking, key)
  redis.call('DEL', key)
  return redis.call('HINCRBY', sizes, '', -size)
end
`;

/**
 * ARGV: text, time to live in ms, time in hours, size and limit in bytes. The score of an entry is the logarithm of its
 * writes, each weighted by its time: `score' = ln(e^score + e^now)`. So scores of different times can be compared, as in the
 * forward decay of Cormode et al. (https://dimacs.rutgers.edu/~graham/pubs/papers/fwddecay.pdf).
 */
export const SET = `${KEYS_OF_STORE}
local now, size, limit = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
redis.call('SET', entry, ARGV[1], 'PX', ARGV[2])
local score = tonumber(redis.call('ZSCORE', ranking, entry) or '-inf')
redis.call('ZADD', ranking, now + math.log(1 + math.exp(score - now)), entry)
local earlier = tonumber(redis.call('HGET', sizes, entry) or 0)
redis.call('HSET', sizes, entry, size)
local used = redis.call('HINCRBY', sizes, '', size - earlier)
while used > limit do
  local lowest = redis.call('ZRANGE', ranking, 0, 0)[1]
  if not lowest then
    redis.call('DEL', sizes)
    break
  end
  used = remove(lowest)
end
redis.call('PEXPIRE', ranking, ARGV[2])
redis.call('PEXPIRE', sizes, ARGV[2])
`;

export const DELETE = `${KEYS_OF_STORE}
remove(entry)
`;
