// The scripts of a Redis store: what has to happen to a run at one moment happens in one of them.
//
// REDIS-SCRIPTS-1. All keys of a script lie in one slot of a cluster: the name of the store is their hash tag.
// REDIS-SCRIPTS-2. A script writes nothing before it has compared the version.

import { createHash } from 'node:crypto';

export interface Script {
  readonly lua: string;
  /** As Redis knows it. */
  readonly sha: string;
  readonly keys: number;
}

/** Lua takes only so many arguments at a time; an even number, for names with their texts. */
const AT_ONCE = 1_000;

function script(keys: number, lua: string): Script {
  return { lua, keys, sha: createHash('sha1').update(lua).digest('hex') };
}

/**
 * Writes one change. Keys: the four hashes of the run, its timers, then the indexes of the store: runs, open, pending, over,
 * due, and the number of runs. Arguments: the expected version, the id, how the run stands, when it ended; for each of the
 * four hashes what is set and what is removed, each list behind its length; timers, three arguments each. One without a time
 * is removed. The next version and the summary are among what is set: a change costs as few commands as there are hashes
 * that it changes, and a few more.
 */
export const COMMIT = script(
  11,
  `
local run, head = ARGV[2], redis.call('HMGET', KEYS[1], '#v', '#n')
if tonumber(head[1] or '0') ~= tonumber(ARGV[1]) then return 0 end
local number = head[2]
if not number then
  number = redis.call('INCR', KEYS[11])
  redis.call('ZADD', KEYS[6], number, run)
  redis.call('HSET', KEYS[1], '#n', number)
end
local at = 5
for place = 1, 4 do
  for _, command in ipairs({ 'HSET', 'HDEL' }) do
    local last = at + tonumber(ARGV[at])
    at = at + 1
    while at <= last do
      local stop = math.min(at + ${AT_ONCE - 1}, last)
      redis.call(command, KEYS[place], unpack(ARGV, at, stop))
      at = stop + 1
    end
  end
end
local member = #run .. ':' .. run
while at <= #ARGV do
  local name, time, event = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if time == '' then
    redis.call('HDEL', KEYS[5], name)
    redis.call('ZREM', KEYS[10], member .. name)
  else
    redis.call('HSET', KEYS[5], name, event)
    redis.call('ZADD', KEYS[10], time, member .. name)
  end
  at = at + 3
end
if ARGV[3] == 'over' then
  for _, name in ipairs(redis.call('HKEYS', KEYS[5])) do redis.call('ZREM', KEYS[10], member .. name) end
  redis.call('DEL', KEYS[5])
  redis.call('ZREM', KEYS[7], run)
  redis.call('ZREM', KEYS[8], run)
  redis.call('ZADD', KEYS[9], ARGV[4], run)
else
  if not head[2] or redis.call('ZREM', KEYS[9], run) == 1 then redis.call('ZADD', KEYS[7], number, run) end
  if ARGV[3] == 'waiting' then redis.call('ZREM', KEYS[8], run)
  else redis.call('ZADD', KEYS[8], redis.call('TIME')[1], run) end
end
return 1
`,
);

/**
 * Reads records and how the run stands, all at one version. Keys: live and lookup records, records for readers. Arguments:
 * for each of these the keys, behind their number.
 */
export const LOAD = script(
  3,
  `
local found = redis.call('HMGET', KEYS[1], '#v', '#s', '#n')
local at = 1
for place = 1, 3 do
  local last = at + tonumber(ARGV[at])
  at = at + 1
  while at <= last do
    local stop = math.min(at + ${AT_ONCE - 1}, last)
    for _, text in ipairs(redis.call('HMGET', KEYS[place], unpack(ARGV, at, stop))) do found[#found + 1] = text end
    at = stop + 1
  end
end
return found
`,
);

/** Reads all records of an area. Keys: the live records, and those of the area. */
export const AREA = script(
  2,
  `return { redis.call('HMGET', KEYS[1], '#v', '#s', '#n'), redis.call('HGETALL', KEYS[2]) }`,
);

/** Removes a run that is over. Keys: its five hashes, and the indexes of runs and of what is over. */
export const REMOVE = script(
  7,
  `
if not redis.call('ZSCORE', KEYS[7], ARGV[1]) then return 0 end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
redis.call('ZREM', KEYS[6], ARGV[1])
redis.call('ZREM', KEYS[7], ARGV[1])
return 1
`,
);
