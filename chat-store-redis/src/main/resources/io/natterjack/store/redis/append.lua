-- Gives plain messages of one room their places: all of them or none.
--
-- KEYS 1 incarnation, 2 fences, 3 room, 4 log, 5 bodies, 6 sent, 7 cancelled, 8 changed rooms, 9 listeners, 10 behind, 11 heard,
--      12 mentions, 13 turn
-- ARGV 1 fence or '', 2 its generation, 3 room id, then for each draft: sender, cid, content hash, access rev and epoch of
--      it (0 any) or '', body, mentions
--      ('' nobody, NUL everybody, or users parted by line ends)
-- Returns OK, then for each draft: 'A seq time' accepted, 'D seq time target' there already, 'X' another content, 'S' stale,
--      'R' revoked before it came, 'N' the room isn't there and only its creation begins it. CONFLICT if it is the turn of
--      somebody else, who couldn't write for all the messages
-- Partition @PARTITION@
local FIRST, EACH, CHUNK = 4, 6, 1000
local EPOCH = string.match('@INCARNATION@', '^%d+')

if redis.call('GET', KEYS[1]) ~= '@INCARNATION@' then
  return {'LOST'}
end
if ARGV[1] ~= '' then
  local standing = redis.call('ZSCORE', KEYS[2], ARGV[1]) or '0'
  if tonumber(standing) ~= tonumber(ARGV[2]) then
    return {'FENCED', standing}
  end
end

if redis.call('EXISTS', KEYS[13]) == 1 then
  return {'CONFLICT'}
end

-- An argument list has a bound in Lua.
local function write(command, key, list)
  for from = 1, #list, CHUNK do
    redis.call(command, key, unpack(list, from, math.min(from + CHUNK - 1, #list)))
  end
end

local count = (#ARGV - FIRST + 1) / EACH
local names = {}
for i = 0, count - 1 do
  local at = FIRST + i * EACH
  names[i + 1] = ARGV[at] .. ' ' .. ARGV[at + 1]
end
local known = {}
for from = 1, count, CHUNK do
  local upto = math.min(from + CHUNK - 1, count)
  local found = redis.call('HMGET', KEYS[6], unpack(names, from, upto))
  for i = from, upto do
    if found[i - from + 1] then
      known[names[i]] = found[i - from + 1]
    end
  end
end

local room = redis.call('HMGET', KEYS[3], 's', 't', 'a', 'c')
local before = tonumber(room[1] or '0')
local accessRev = tonumber(room[3] or '0')
local serversOwn = string.sub(ARGV[3], 1, 1) == '~'
local anyCancelled = tonumber(room[4] or '0') > 0
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local time = string.format('%d', math.max(now, tonumber(room[2] or '0')))

local seq = before
local answers, log, bodies, sent, mentions = {'OK'}, {}, {}, {}, {}
local stale, met = {}, {}

local function accept(at, name)
  seq = seq + 1
  local place = string.format('%d', seq)
  local sender = ARGV[at]
  log[#log + 1] = place
  log[#log + 1] = 'm\n' .. place .. '\n' .. time .. '\n0\n' .. sender .. '\n' .. ARGV[at + 1]
  bodies[#bodies + 1] = place
  bodies[#bodies + 1] = ARGV[at + 4]
  local first = ARGV[at + 2] .. ' ' .. place .. ' ' .. time .. ' 0'
  sent[#sent + 1] = name
  sent[#sent + 1] = first
  known[name] = first
  local who = ARGV[at + 5]
  if who == '\0' then
    who = '\n'
  end
  for user in string.gmatch(who, '[^\n]*') do
    if who == '\n' or (user ~= '' and user ~= sender) then
      mentions[#mentions + 1] = '0'
      mentions[#mentions + 1] = user .. '\0' .. string.format('%016d', seq) .. '\0' .. sender
      if who == '\n' then
        break
      end
    end
  end
  return 'A ' .. place .. ' ' .. time
end

local function answer(at, name)
  local first = known[name]
  if first then
    local space = string.find(first, ' ', 1, true)
    if string.sub(first, 1, space - 1) == ARGV[at + 2] then
      return 'D' .. string.sub(first, space)
    end
    return 'X'
  end
  local rev, epoch = string.match(ARGV[at + 3], '^(.+) (.+)$')
  if rev and (tonumber(rev) < accessRev or (epoch ~= '0' and epoch ~= EPOCH) or stale[ARGV[at]]) then
    stale[ARGV[at]] = true
    return 'S'
  end
  if seq == 0 and serversOwn then
    return 'N'
  end
  if anyCancelled then
    local cancelled = redis.call('HGET', KEYS[7], 'c' .. name)
    if cancelled then
      if cancelled == '1' then
        met[name] = ARGV[at]
      end
      return 'R'
    end
  end
  return accept(at, name)
end

for i = 1, count do
  answers[i + 1] = answer(FIRST + (i - 1) * EACH, names[i])
end

-- Nothing was written above: a script that fails isn't rolled back.
for name, sender in pairs(met) do
  redis.call('HSET', KEYS[7], 'c' .. name, '0')
  redis.call('HINCRBY', KEYS[7], 'n' .. sender, -1)
  redis.call('HINCRBY', KEYS[3], 'v', 1)
end
if seq > before then
  local newest = redis.call('ZRANGE', KEYS[8], 0, 0, 'REV', 'WITHSCORES')
  local changed = string.format('%d', math.max(now, tonumber(newest[2] or '0')))
  write('HSET', KEYS[4], log)
  write('HSET', KEYS[5], bodies)
  write('HSET', KEYS[6], sent)
  write('ZADD', KEYS[12], mentions)
  redis.call('HSET', KEYS[3], 's', string.format('%d', seq), 't', time)
  redis.call('ZADD', KEYS[8], changed, ARGV[3])
  for _, listener in ipairs(redis.call('HKEYS', KEYS[9])) do
    if listener ~= '' then
      local name = listener .. '\0' .. ARGV[3]
      redis.call('ZADD', KEYS[10], '0', name)
      redis.call('HSETNX', KEYS[11], name, string.format('%d', before))
    end
  end
end
return answers
