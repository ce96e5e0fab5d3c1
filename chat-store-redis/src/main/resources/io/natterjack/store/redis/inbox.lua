-- Reads all that is needed to draw one room in a person's list.
--
-- KEYS 1 incarnation, 2 room, 3 members, 4 log, 5 bodies, 6 mentions
-- ARGV 1 the person, 2 where counting ends, 3 where looking goes on after another call, or 0; 4 what was unread by then, 5 '1' if the newest
--      message is known by then
-- Returns OK, membership, head, time of it, settings, unread, mentions, where looking goes on (0 nowhere), and of the newest message seq,
--      entry and body if there is one
-- Partition @PARTITION@
local CHUNK, MOST_LOOKED_AT = 200, 20000

if redis.call('GET', KEYS[1]) ~= '@INCARNATION@' then
  return {'LOST'}
end
local user, most = ARGV[1], tonumber(ARGV[2])
local membership = redis.call('HGET', KEYS[3], user)
if not membership then
  return {'OK'}
end
local standing, joined, readUpTo = string.match(membership, '^(%a) %a+ %d+ (%d+) %d+ %d+ (%d+)')
local room = redis.call('HMGET', KEYS[2], 's', 't', 'x', 'j', 'n')
local head, floor = tonumber(room[1] or '0'), tonumber(room[3] or '0')
if standing ~= 'i' then
  floor = head -- Who is only invited sees nothing yet.
elseif room[4] == '1' then
  floor = math.max(floor, tonumber(joined) - 1)
end
local read = math.max(floor, tonumber(readUpTo))

local unread, last, entry = tonumber(ARGV[4]), nil, nil
local seq = head
if ARGV[3] ~= '0' then
  seq = math.min(head, tonumber(ARGV[3]))
end
local lowest = math.max(floor + 1, seq - MOST_LOOKED_AT)

local function isOpen()
  return seq > floor and not ((last or ARGV[5] == '1') and (seq <= read or unread >= most))
end

while seq >= lowest and isOpen() do
  local fields = {}
  for each = seq, math.max(lowest, seq - CHUNK + 1), -1 do
    fields[#fields + 1] = string.format('%d', each)
  end
  local found = redis.call('HMGET', KEYS[4], unpack(fields))
  for i = 1, #fields do
    if found[i] and string.byte(found[i]) == 109 then
      if not last then
        last, entry = fields[i], found[i]
      end
      if seq - i + 1 > read and unread < most
          and string.match(found[i], '^.\n%d+\n%d+\n%d+\n([^\n]*)\n') ~= user then
        unread = unread + 1
      end
    end
  end
  seq = seq - #fields
end

local function mentioned(name)
  local above = '\0' .. string.format('%016d', read + 1)
  local found = redis.call('ZRANGE', KEYS[6], '[' .. name .. above, '(' .. name .. '\0:', 'BYLEX', 'LIMIT', 0, 10 * most)
  local count = 0
  for _, each in ipairs(found) do
    if string.sub(each, #name + 19) ~= user then
      count = count + 1
    end
  end
  return count
end

local mentions = 0
if read < head then
  mentions = math.min(mentioned(user) + mentioned(''), most)
end
local answer = {'OK', membership, string.format('%d', head), room[2] or '0', room[5] or '', unread, mentions,
  isOpen() and string.format('%d', seq) or '0'}
if last then
  answer[9], answer[10], answer[11] = last, entry, redis.call('HGET', KEYS[5], last)
end
return answer
