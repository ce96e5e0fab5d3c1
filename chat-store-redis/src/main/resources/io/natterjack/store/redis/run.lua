-- Runs commands in one go if the values that they were decided upon are still there.
--
-- KEYS 1 incarnation, 2 fences, then those of the commands
-- ARGV 1 fence or '', 2 its generation, 3 number of checks, then for each check: key, field, value ('' if there is none); then for each
--      command: number of arguments, name, key (0 for none), arguments. Keys are given by their number
-- Returns OK and the results; LOST, FENCED or CONFLICT if nothing was run
-- Partition @PARTITION@
local CHUNK, FEW = 1000, 20

if redis.call('GET', KEYS[1]) ~= '@INCARNATION@' then
  return {'LOST'}
end
if ARGV[1] ~= '' then
  local standing = redis.call('ZSCORE', KEYS[2], ARGV[1]) or '0'
  if tonumber(standing) ~= tonumber(ARGV[2]) then
    return {'FENCED', standing}
  end
end
local at = 4
for _ = 1, tonumber(ARGV[3]) do
  if (redis.call('HGET', KEYS[tonumber(ARGV[at])], ARGV[at + 1]) or '') ~= ARGV[at + 2] then
    return {'CONFLICT'}
  end
  at = at + 3
end

-- Notes that something has happened in a room: now, but not before what happened last in the partition.
local function changed(key, room)
  local newest = redis.call('ZRANGE', key, 0, 0, 'REV', 'WITHSCORES')
  local clock = redis.call('TIME')
  local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
  return redis.call('ZADD', key, string.format('%d', math.max(now, tonumber(newest[2] or '0'))), room)
end

-- Takes the fields of a range of numbers away: more than a list of arguments could have.
local function trim(key, from, upto)
  for first = from, upto, CHUNK do
    local fields = {}
    for seq = first, math.min(first + CHUNK - 1, upto) do
      fields[#fields + 1] = string.format('%d', seq)
    end
    redis.call('HDEL', key, unpack(fields))
  end
  return upto
end

-- Reads fields, no more than so many bytes of values and one value.
local function some(key, from, upto, bytes)
  local values = {}
  for first = from, upto, FEW do
    local found = redis.call('HMGET', key, unpack(ARGV, first, math.min(first + FEW - 1, upto)))
    for _, value in ipairs(found) do
      if bytes < 0 then
        return values
      end
      values[#values + 1] = value
      bytes = bytes - (value and #value or 0)
    end
  end
  return values
end

local results = {'OK'}
while at <= #ARGV do
  local arguments = tonumber(ARGV[at])
  local name = ARGV[at + 1]
  local key = tonumber(ARGV[at + 2])
  if name == 'TRIM' then
    results[#results + 1] = trim(KEYS[key], tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]))
  elseif name == 'SOME' then
    results[#results + 1] = some(KEYS[key], at + 4, at + 2 + arguments, tonumber(ARGV[at + 3]))
  elseif name == 'CHANGED' then
    results[#results + 1] = changed(KEYS[key], ARGV[at + 3])
  else
    local call = {name}
    if key > 0 then
      call[2] = KEYS[key]
    end
    for i = 1, arguments do
      call[#call + 1] = ARGV[at + 2 + i]
    end
    results[#results + 1] = redis.call(unpack(call))
  end
  at = at + 3 + arguments
end
return results
