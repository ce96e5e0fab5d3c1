-- Reads messages of a room below and above a place, with its head, all of one moment.
--
-- KEYS 1 incarnation, 2 room, 3 log, 4 bodies, 5 index
-- ARGV 1 which: 'all'; 'replies' and 'pins' by the index of these; 'changed' those that the index has above a rev
--      2 place: below it and from it on, or the rev; 3 how many below; 4 how many above; 5 floor; 6 the message that is replied to;
--      7 a time that messages below may not exceed, or ''; 8 how many bytes of bodies are enough below, and above
-- Returns OK, head, trimmed, where reading below goes on (0 nowhere; of what changed the rev up to which all is there), where above, then
--      the messages below, newest first, and above, each as seq, entry, body
-- Partition @PARTITION@
local CHUNK, FEW, MOST_LOOKED_AT = 200, 20, 10000

if redis.call('GET', KEYS[1]) ~= '@INCARNATION@' then
  return {'LOST'}
end
local which, place, enough = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[8])
local room = redis.call('HMGET', KEYS[2], 's', 'x')
local head, trimmed = tonumber(room[1] or '0'), tonumber(room[2] or '0')
local floor = math.max(trimmed, tonumber(ARGV[5]))

local function text(number)
  return string.format('%d', number)
end

local function isMessage(entry)
  local kind = entry and string.byte(entry)
  return kind == 109 or kind == 103
end

-- Adds the bodies, until they are enough; returns also the place of the first that is left out, if one is.
local function with(seqs, entries)
  local found, bytes = {}, 0
  for from = 1, #seqs, FEW do
    local upto = math.min(from + FEW - 1, #seqs)
    local bodies = redis.call('HMGET', KEYS[4], unpack(seqs, from, upto))
    for i = from, upto do
      if bytes > enough then
        return found, i
      end
      local body = bodies[i - from + 1]
      bytes = bytes + (body and #body or 0)
      found[#found + 1] = seqs[i]
      found[#found + 1] = entries[i]
      found[#found + 1] = body
    end
  end
  return found, nil
end

local function page(seqs, entries, rest)
  local found, cut = with(seqs, entries)
  return found, cut and tonumber(seqs[cut]) or rest
end

-- Looks at the log from one seq to another; what it didn't get to is left for the next call.
local function scan(from, upto, step, count)
  local seqs, entries, looked = {}, {}, 0
  local seq = from
  while (upto - seq) * step >= 0 and #seqs < count do
    if looked >= MOST_LOOKED_AT then
      return page(seqs, entries, seq)
    end
    local fields = {}
    local last = step > 0 and math.min(seq + CHUNK - 1, upto) or math.max(seq - CHUNK + 1, upto)
    -- A page is a few messages as a rule, and most events are messages.
    local few = count - #seqs
    if few < CHUNK then
      last = step > 0 and math.min(last, seq + few + 19) or math.max(last, seq - few - 19)
    end
    for each = seq, last, step do
      fields[#fields + 1] = text(each)
    end
    local found = redis.call('HMGET', KEYS[3], unpack(fields))
    for i = 1, #fields do
      if isMessage(found[i]) and #seqs < count then
        seqs[#seqs + 1] = fields[i]
        entries[#entries + 1] = found[i]
      end
    end
    looked = looked + #fields
    seq = last + step
  end
  return page(seqs, entries, 0)
end

local function entriesOf(seqs)
  local entries = {}
  for from = 1, #seqs, CHUNK do
    local upto = math.min(from + CHUNK - 1, #seqs)
    local found = redis.call('HMGET', KEYS[3], unpack(seqs, from, upto))
    for i = from, upto do
      entries[i] = found[i - from + 1]
    end
  end
  return entries
end

local function indexed(found)
  local seqs = {}
  for i, each in ipairs(found) do
    seqs[i] = text(tonumber(string.sub(each, -16)))
  end
  return page(seqs, entriesOf(seqs), 0)
end

local function padded(seq)
  return string.format('%016d', seq)
end

-- The last seq whose time isn't later: times never go back.
local function lastUpTo(time, upto)
  local low, high = 0, upto
  while low < high do
    local middle = math.floor((low + high + 1) / 2)
    local entry = redis.call('HGET', KEYS[3], text(middle)) or ''
    local its = string.match(entry, '^.\n%d+\n(%d+)') or '0'
    if tonumber(its) <= time then
      low = middle
    else
      high = middle - 1
    end
  end
  return low
end

local function below(count)
  local first = math.min(place - 1, head)
  if ARGV[7] ~= '' then
    first = lastUpTo(tonumber(ARGV[7]), first)
  end
  if which == 'replies' then
    local root = padded(tonumber(ARGV[6]))
    return indexed(redis.call('ZRANGE', KEYS[5], '[' .. root .. padded(first), '[' .. root .. padded(floor + 1), 'BYLEX', 'REV',
        'LIMIT', 0, count))
  elseif which == 'pins' then
    return indexed(redis.call('ZRANGE', KEYS[5], text(first), text(floor + 1), 'BYSCORE', 'REV', 'LIMIT', 0, count))
  end
  return scan(first, floor + 1, -1, count)
end

local function above(count)
  local first = math.max(place, floor + 1)
  if which == 'replies' then
    local root = padded(tonumber(ARGV[6]))
    return indexed(redis.call('ZRANGE', KEYS[5], '[' .. root .. padded(first), '[' .. root .. padded(head), 'BYLEX', 'LIMIT', 0,
        count))
  elseif which == 'pins' then
    return indexed(redis.call('ZRANGE', KEYS[5], text(first), text(head), 'BYSCORE', 'LIMIT', 0, count))
  end
  return scan(first, head, 1, count)
end

-- What changed since it came, by rev; what didn't has its seq for a rev. Those of one rev are few, and have no bodies if they are more than
-- one: so the page before such a group is never empty.
local function changed(count)
  local seqs, revs, looked = {}, {}, 0
  local rev, already = text(place + 1), 0
  while #seqs < count do
    local found = redis.call('ZRANGE', KEYS[5], rev, '+inf', 'BYSCORE', 'LIMIT', already, CHUNK, 'WITHSCORES')
    for i = 1, #found, 2 do
      local seq = tonumber(found[i])
      already = found[i + 1] == rev and already + 1 or 1
      rev = found[i + 1]
      if seq > floor and #seqs < count then
        seqs[#seqs + 1] = text(seq)
        revs[#revs + 1] = tonumber(rev)
      end
    end
    looked = looked + #found / 2
    if #found < 2 * CHUNK then
      looked = 0
      break
    elseif looked >= MOST_LOOKED_AT then
      break
    end
  end
  local found, cut = with(seqs, entriesOf(seqs))
  if cut then
    return found, revs[cut] - 1
  elseif looked >= MOST_LOOKED_AT and #seqs < count then
    return found, tonumber(rev) - 1
  end
  return found, 0
end

local low, lowRest, high, highRest = {}, 0, {}, 0
if which == 'changed' then
  low, lowRest = changed(tonumber(ARGV[3]))
  high, highRest = scan(math.max(place, floor) + 1, head, 1, tonumber(ARGV[4]))
else
  if tonumber(ARGV[3]) > 0 then
    low, lowRest = below(tonumber(ARGV[3]))
  end
  if tonumber(ARGV[4]) > 0 then
    high, highRest = above(tonumber(ARGV[4]))
  end
end
return {'OK', text(head), text(trimmed), text(lowRest), text(highRest), low, high}
