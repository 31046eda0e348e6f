/**
 * Scripts that the server runs as one step each. Keys: window (sequences by time), bodies (JSON by
 * sequence), ids (sequence by event id) of an entity; pending (`sequence since`), counts and profiles, by
 * entity, of its shard.
 */
const LOCALS = `
local window, bodies, ids = KEYS[1], KEYS[2], KEYS[3]
local pending, counts, profiles = KEYS[4], KEYS[5], KEYS[6]
local function forget(sequences)
  for _, sequence in ipairs(sequences) do
    local body = redis.call('HGET', bodies, sequence)
    if body then redis.call('HDEL', ids, cjson.decode(body).id) end
    redis.call('HDEL', bodies, sequence)
    redis.call('ZREM', window, sequence)
  end
end
`;

/** Arguments: entity, event id, time, sequence, event, now, events to keep, profile or nothing. */
export const APPEND = `${LOCALS}
local entity, id, sequence = ARGV[1], ARGV[2], ARGV[4]
if redis.call('HEXISTS', ids, id) == 1 then return 0 end
redis.call('HSET', ids, id, sequence)
redis.call('HSET', bodies, sequence, ARGV[5])
redis.call('ZADD', window, ARGV[3], sequence)
if ARGV[8] ~= '' then redis.call('HSET', profiles, entity, ARGV[8]) end
local before = redis.call('HGET', pending, entity)
local since = before and string.match(before, ' (%d+)$') or ARGV[6]
redis.call('HSET', pending, entity, tonumber(sequence) .. ' ' .. since)
local surplus = redis.call('ZCARD', window) - tonumber(ARGV[7])
if surplus > 0 then forget(redis.call('ZRANGE', window, 0, surplus - 1)) end
redis.call('HSET', counts, entity, redis.call('ZCARD', window))
return 1
`;

/** Arguments: oldest time, limit. */
export const WINDOW = `${LOCALS}
local found = redis.call('ZREVRANGEBYSCORE', window, '+inf', ARGV[1], 'LIMIT', 0, ARGV[2])
local events = {}
for at = #found, 1, -1 do events[#events + 1] = redis.call('HGET', bodies, found[at]) end
local entity = string.match(window, ':window:(.*)$')
local held = redis.call('HGET', pending, entity)
return { events, redis.call('HGET', profiles, entity), held and string.match(held, '^%d+') or false }
`;

/** Arguments: entity, sequence. */
export const SETTLE = `${LOCALS}
local held = redis.call('HGET', pending, ARGV[1])
if held and tonumber(string.match(held, '^%d+')) <= tonumber(ARGV[2]) then
  return redis.call('HDEL', pending, ARGV[1])
end
return 0
`;

/** Argument: entity. */
export const DELETE = `${LOCALS}
local events = redis.call('ZCARD', window)
redis.call('DEL', window, bodies, ids)
for _, key in ipairs({ pending, counts, profiles }) do redis.call('HDEL', key, ARGV[1]) end
return events
`;

/** Arguments: entity, oldest time. */
export const PRUNE = `${LOCALS}
local old = redis.call('ZRANGEBYSCORE', window, '-inf', '(' .. ARGV[2])
forget(old)
if #old > 0 then redis.call('HSET', counts, ARGV[1], redis.call('ZCARD', window)) end
return #old
`;

/** Fields and values of a hash in turn, whatever version of the protocol the connection speaks. */
export const ALL = `return redis.call('HGETALL', KEYS[1])`;
