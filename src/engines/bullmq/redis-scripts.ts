// The scripts of a Redis store: what has to happen to a run at one moment happens in one of them.
//
// REDIS-SCRIPTS-1. All keys of a script lie in one slot of a cluster: what they begin with has a hash tag. Of a script that
//     puts its keys together itself, that beginning is the key.
// REDIS-SCRIPTS-2. A script writes nothing of a run before it has compared the run's version.

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
 * Writes changes of several runs, and answers for each whether it was written. Key: what the keys of the store begin with.
 * Arguments of a change, behind their number: the expected version, the id, how the run stands, when it ended; for each of the
 * four hashes what is set and what is removed, each list behind its length; timers, three arguments each. One without a time
 * is removed. The next version and the summary, if that is another one, are among what is set: a change costs as few
 * commands as there are hashes that it changes, and a few more.
 */
export const COMMIT = script(
  1,
  `
local store, seconds = KEYS[1] .. ':', nil
local function commit(from, last)
  local run, standing = ARGV[from + 1], ARGV[from + 2]
  local live = store .. 'live:' .. run
  local head = redis.call('HMGET', live, '#v', '#n')
  if tonumber(head[1] or '0') ~= tonumber(ARGV[from]) then return 0 end
  local number = head[2]
  if not number then
    number = redis.call('INCR', store .. 'number')
    redis.call('ZADD', store .. 'runs', number, run)
    redis.call('HSET', live, '#n', number)
  end
  local at, isOther = from + 4, ARGV[from + 7] == '#s'
  for _, hash in ipairs({ live, store .. 'lookup:' .. run, store .. 'kept:' .. run, store .. 'payloads:' .. run }) do
    for _, command in ipairs({ 'HSET', 'HDEL' }) do
      local stop = at + tonumber(ARGV[at])
      at = at + 1
      while at <= stop do
        local to = math.min(at + ${AT_ONCE - 1}, stop)
        redis.call(command, hash, unpack(ARGV, at, to))
        at = to + 1
      end
    end
  end
  local timers, member = store .. 'timers:' .. run, #run .. ':' .. run
  while at <= last do
    local name, time, event = ARGV[at], ARGV[at + 1], ARGV[at + 2]
    if time == '' then
      redis.call('HDEL', timers, name)
      redis.call('ZREM', store .. 'due', member .. name)
    else
      redis.call('HSET', timers, name, event)
      redis.call('ZADD', store .. 'due', time, member .. name)
    end
    at = at + 3
  end
  if standing == 'over' then
    for _, name in ipairs(redis.call('HKEYS', timers)) do redis.call('ZREM', store .. 'due', member .. name) end
    redis.call('DEL', timers)
    redis.call('ZREM', store .. 'open', run)
    redis.call('ZREM', store .. 'pending', run)
    redis.call('ZADD', store .. 'over', ARGV[from + 3], run)
    return 1
  end
  if not head[2] or (isOther and redis.call('ZREM', store .. 'over', run) == 1) then
    redis.call('ZADD', store .. 'open', number, run)
  end
  if standing == 'waiting' then
    redis.call('ZREM', store .. 'pending', run)
  else
    seconds = seconds or redis.call('TIME')[1]
    redis.call('ZADD', store .. 'pending', seconds, run)
  end
  return 1
end
local answers, at = {}, 1
while at <= #ARGV do
  local last = at + tonumber(ARGV[at])
  answers[#answers + 1] = commit(at + 1, last)
  at = last + 1
end
return answers
`,
);

/**
 * Reads records and how the run stands, all at one version. Keys: live and lookup records, records for readers. Arguments:
 * for each of these the keys, behind their number. What was found comes behind how many there are in each.
 */
export const LOAD = script(
  3,
  `
local found = redis.call('HMGET', KEYS[1], '#v', '#s', '#n')
for place = 1, 3 do found[place + 3] = redis.call('HLEN', KEYS[place]) end
local at, to = 1, 6
for place = 1, 3 do
  local last = at + tonumber(ARGV[at])
  at = at + 1
  while at <= last do
    local stop = math.min(at + ${AT_ONCE - 1}, last)
    for _, text in ipairs(redis.call('HMGET', KEYS[place], unpack(ARGV, at, stop))) do
      to = to + 1
      found[to] = text
    end
    at = stop + 1
  end
end
return found
`,
);

/** Reads all records of an area, or those that fit a pattern. Keys: the live records, and those of the area. */
export const AREA = script(
  2,
  `
local records = {}
if ARGV[1] == '' then
  records = redis.call('HGETALL', KEYS[2])
else
  local cursor = '0'
  repeat
    local page = redis.call('HSCAN', KEYS[2], cursor, 'MATCH', ARGV[1], 'COUNT', ${AT_ONCE})
    for _, text in ipairs(page[2]) do records[#records + 1] = text end
    cursor = page[1]
  until cursor == '0'
end
return { redis.call('HMGET', KEYS[1], '#v', '#s', '#n'), records }
`,
);

/** What time it is where the keys of a store are. Key: what they begin with. */
export const TIME = script(1, `return redis.call('TIME')`);

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
