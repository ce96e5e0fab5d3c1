package io.natterjack.store.redis.queue;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.natterjack.store.redis.connection.RedisConnections;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What the queue does in Redis. Each call is one command or one script, and may be repeated: a draft that is there twice is a duplicate
 * to the store.
 *
 * <p><b>Threads.</b> Any. Stages complete on Lettuce's threads, and fail if Redis can't be reached: what became of the call isn't known.
 */
final class QueueScripts {
    /** The names of what an entry of a stream has. */
    static final String NODE = "n";

    static final String NUMBER = "i";
    static final String DRAFT = "d";
    /** Where the sender's node has senders answered, {@link AckAt#name}; a version that didn't know of it yet left it out. */
    static final String ACK_AT = "a";

    private static final String[] NO_VALUES = {};
    /** How many of the drafts that nothing could be done with are kept for each stream. */
    private static final int MAX_DEAD = 1_000;

    /**
     * Once something doesn't fit, nothing behind it is taken either: it might overtake. For the same reason nothing is taken by a Redis that
     * was emptied or came back older while a draft of the node waited there: it doesn't know of the node's last call then. What is said to be
     * there must be the sender's own: a Redis that came back older gives ids again.
     *
     * <p>Nor is anything taken before the node knows what of its drafts was given up: it might have been sent behind that. For the same
     * reason nothing is of a call that comes after the next one that did something, from a connection that stood still; nobody waits for that
     * any more.
     */
    private static final String ADD = """
            local last = redis.call('GET', KEYS[4]) or '0'
            if tonumber(last) < tonumber(ARGV[5]) or tonumber(ARGV[6]) < tonumber(last) then
              -- Nothing is noted: who doesn't get this answer must get it again, or would never learn of the loss.
              return {-1, '', {}, ''}
            end
            local given_up = redis.call('GET', KEYS[5])
            if given_up and given_up ~= ARGV[7] then
              return {0, '', {}, given_up}
            end
            local count = redis.call('XLEN', KEYS[1])
            local bytes = tonumber(redis.call('GET', KEYS[2]) or '0')
            local full = false
            local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
            if oldest then
              local now = redis.call('TIME')
              local age = now[1] * 1000 + now[2] / 1000 - tonumber(string.match(oldest[1], '%d+'))
              full = age > tonumber(ARGV[3])
            end
            local function isThere(id, number)
              local entry = id ~= '' and redis.call('XRANGE', KEYS[1], id, id)[1]
              if not entry then
                return false
              end
              local fields = {}
              for f = 1, #entry[2], 2 do
                fields[entry[2][f]] = entry[2][f + 1]
              end
              return fields.n == ARGV[4] and fields.i == number
            end
            local ids = {}
            local added = 0
            for i = 9, #ARGV, 3 do
              local id = ''
              local size = #ARGV[i + 2]
              if isThere(ARGV[i], ARGV[i + 1]) then
                id = ARGV[i]
              elseif not full then
                full = count >= tonumber(ARGV[1]) or (count > 0 and bytes + size > tonumber(ARGV[2]))
                if not full then
                  id = redis.call('XADD', KEYS[1], '*', 'n', ARGV[4], 'i', ARGV[i + 1], 'd', ARGV[i + 2], 'a', ARGV[8])
                  count = count + 1
                  bytes = bytes + size
                  added = added + size
                end
              end
              ids[#ids + 1] = id
            end
            if added > 0 then
              redis.call('INCRBY', KEYS[2], added)
            end
            if added > 0 or given_up then
              redis.call('SET', KEYS[4], ARGV[6], 'EX', 86400)
            end
            if given_up then
              -- Only now: a script that has written may take more memory than there is.
              redis.call('DEL', KEYS[5])
            end
            return {added, redis.call('GET', KEYS[3]) or '', ids, ''}
            """;

    /**
     * With drafts that are given up for now goes what came from their nodes behind the first of them, whoever reads it: what a connection
     * sent behind such a draft is among it. What comes later is {@linkplain #ADD taken} when the node knows.
     *
     * <p>What drains the streams must go on in a Redis whose memory is full: there is none to be had else.
     */
    private static final String SETTLE = """
            #!lua flags=allow-oom
            if redis.call('GET', KEYS[3]) ~= ARGV[1] then
              return 0
            end
            local gone = 0
            local given_up = {}
            local first
            local function fields_of(entry)
              local fields = {n = '', i = '', d = ''}
              for f = 1, #entry[2], 2 do
                fields[entry[2][f]] = entry[2][f + 1]
              end
              return fields
            end
            local function take(id, fields, reason, note)
              if note then
                first = first or id
                given_up[fields.n] = given_up[fields.n] or {note = note}
                table.insert(given_up[fields.n], fields.i .. ' ')
              elseif reason ~= '' then
                redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[2], '*', 'reason', reason, 'd', fields.d)
              end
              redis.call('XDEL', KEYS[1], id)
              gone = gone + #fields.d
            end
            for i = 3, #ARGV, 3 do
              local entry = redis.call('XRANGE', KEYS[1], ARGV[i], ARGV[i])[1]
              if entry then
                -- What is done with for good names no key for a note: its place is 0.
                take(ARGV[i], fields_of(entry), ARGV[i + 1], KEYS[tonumber(ARGV[i + 2])])
              end
            end
            local from = first
            while from do
              local page = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', 128)
              for _, entry in ipairs(page) do
                local fields = fields_of(entry)
                local given = given_up[fields.n]
                if given then
                  take(entry[1], fields, '', given.note)
                end
              end
              from = page[1] and '(' .. page[#page][1]
            end
            for _, given in pairs(given_up) do
              table.insert(given, 1, redis.call('GET', given.note) or '')
              redis.call('SET', given.note, table.concat(given), 'EX', 86400)
            end
            if redis.call('XLEN', KEYS[1]) == 0 then
              redis.call('DEL', KEYS[2])
            else
              redis.call('DECRBY', KEYS[2], gone)
            end
            return 1
            """;

    private static final String TAKE = """
            #!lua flags=allow-oom
            local owner = redis.call('GET', KEYS[1])
            if owner and owner ~= ARGV[1] then
              return 0
            end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            return 1
            """;

    private static final String RENEW = """
            if redis.call('GET', KEYS[1]) == ARGV[1] then
              return redis.call('PEXPIRE', KEYS[1], ARGV[2])
            end
            return 0
            """;

    private static final String RELEASE = """
            if redis.call('GET', KEYS[1]) == ARGV[1] then
              return redis.call('DEL', KEYS[1])
            end
            return 0
            """;

    private static final String BEAT = """
            #!lua flags=allow-oom
            local streams = redis.call('GET', KEYS[2])
            if not streams then
              redis.call('SET', KEYS[2], ARGV[3])
            elseif streams ~= ARGV[3] then
              return -1
            end
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            redis.call('ZADD', KEYS[1], now, ARGV[1])
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
            return redis.call('ZCARD', KEYS[1])
            """;

    /** Counts for what has waited longest; for another one it begins anew. */
    private static final String STRIKE = """
            #!lua flags=allow-oom
            local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
            if not oldest then
              redis.call('DEL', KEYS[2])
              return 0
            end
            if ARGV[1] == '1' or redis.call('HGET', KEYS[2], 'id') ~= oldest[1] then
              redis.call('DEL', KEYS[2])
              redis.call('HSET', KEYS[2], 'id', oldest[1])
            end
            return redis.call('HINCRBY', KEYS[2], 'count', 1)
            """;

    private static final String NODES = """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            return redis.call('ZCOUNT', KEYS[1], now - ARGV[1], '+inf')
            """;

    /**
     * A draft to be added.
     *
     * @param earlierId where the same draft is if it waits there still; empty if it isn't known to
     */
    record Added(String earlierId, long number, String text) {}

    /**
     * What became of drafts to be added.
     *
     * @param bytes how many were added; negative if nothing was, because Redis has lost what waited there, or the call came too late
     * @param owner the node that works on the stream; empty if none does
     * @param ids where each draft is; empty for those for which there was no room
     * @param givenUp the numbers of drafts of the node that were given up for now, each followed by a space; if there are any, nothing was
     *     added
     */
    record Adding(long bytes, String owner, List<String> ids, String givenUp) {
        boolean isLost() {
            return bytes < 0;
        }
    }

    /**
     * A draft that is done with.
     *
     * @param deadReason why it is kept for somebody to look at; empty if it isn't
     * @param givenUpOf the node that sent it, if it is refused for now and that node is to be told; empty if not
     */
    record Settled(String id, String deadReason, String givenUpOf) {}

    private final RedisClusterAsyncCommands<String, String> commands;
    private final QueueSettings settings;

    QueueScripts(RedisClusterAsyncCommands<String, String> commands, QueueSettings settings) {
        this.commands = commands;
        this.settings = settings;
    }

    /**
     * Adds drafts in their order.
     *
     * @param since the last of this node's calls that added something of which Redis must know; 0 if there is none
     * @param call the number of this call, higher than those before
     * @param givenUp what was answered last as {@linkplain Adding#givenUp given up}, and is known by now
     */
    CompletionStage<Adding> add(int stream, long since, long call, String givenUp, List<Added> drafts) {
        List<String> arguments = new ArrayList<>(List.of(
                String.valueOf(settings.draftsPerStream()),
                String.valueOf(settings.bytesPerStream()),
                String.valueOf(settings.maxAge().toMillis()),
                settings.node(),
                String.valueOf(since),
                String.valueOf(call),
                givenUp,
                settings.ackAt().name()));
        for (Added draft : drafts) {
            arguments.add(draft.earlierId());
            arguments.add(String.valueOf(draft.number()));
            arguments.add(draft.text());
        }
        String[] keys = {
            settings.draftsKey(stream),
            settings.bytesKey(stream),
            settings.leaseKey(stream),
            settings.callKey(stream),
            settings.givenUpKey(stream, settings.node())
        };
        CompletionStage<List<Object>> answer =
                sent(() -> commands.eval(ADD, ScriptOutputType.MULTI, keys, arguments.toArray(NO_VALUES)));
        return answer.thenApply(parts -> new Adding(
                (Long) parts.get(0),
                (String) parts.get(1),
                ((List<?>) parts.get(2)).stream().map(String::valueOf).toList(),
                (String) parts.get(3)));
    }

    /** Reads what has waited longest. */
    CompletionStage<List<StreamMessage<String, String>>> read(int stream, int count) {
        return sent(() -> commands.xrange(settings.draftsKey(stream), Range.unbounded(), Limit.from(count)));
    }

    /** Returns the id of what has waited longest; empty if nothing waits. */
    CompletionStage<String> oldest(int stream) {
        return read(stream, 1)
                .thenApply(messages -> messages.isEmpty() ? "" : messages.get(0).getId());
    }

    /**
     * Takes out what is done with, in the order of the stream; false, and nothing is done, if this node doesn't have the stream any more. If
     * something is given up, so is what its nodes have behind the first of it.
     */
    CompletionStage<Boolean> settle(int stream, List<Settled> settled) {
        List<String> keys = new ArrayList<>(List.of(
                settings.draftsKey(stream),
                settings.bytesKey(stream),
                settings.leaseKey(stream),
                settings.deadKey(stream)));
        List<String> arguments = new ArrayList<>(List.of(settings.node(), String.valueOf(MAX_DEAD)));
        for (Settled each : settled) {
            arguments.add(each.id());
            arguments.add(each.deadReason());
            arguments.add(
                    each.givenUpOf().isEmpty() ? "0" : place(settings.givenUpKey(stream, each.givenUpOf()), keys));
        }
        return isOne(() ->
                commands.eval(SETTLE, ScriptOutputType.INTEGER, keys.toArray(NO_VALUES), arguments.toArray(NO_VALUES)));
    }

    /** Returns which of the keys it is for a script, from 1 on; it is added if it isn't among them. */
    private static String place(String key, List<String> keys) {
        if (!keys.contains(key)) {
            keys.add(key);
        }
        return String.valueOf(keys.indexOf(key) + 1);
    }

    /**
     * Notes that a worker is about to begin with what has waited longest.
     *
     * @param anew whether what was noted before counts no more
     * @return how often that was noted and not {@linkplain #absolve taken back}, this time too; 0 if nothing waits
     */
    CompletionStage<Long> strike(int stream, boolean anew) {
        String[] keys = {settings.draftsKey(stream), settings.strikesKey(stream)};
        return sent(() -> commands.eval(STRIKE, ScriptOutputType.INTEGER, keys, anew ? "1" : "0"));
    }

    /** Takes back what was noted: the worker has lived through it. */
    CompletionStage<Long> absolve(int stream) {
        return sent(() -> commands.del(settings.strikesKey(stream)));
    }

    /** Takes the stream for this node; false if another has it. */
    CompletionStage<Boolean> take(int stream) {
        return lease(TAKE, stream);
    }

    /** Keeps the stream for longer; false if this node doesn't have it any more. */
    CompletionStage<Boolean> renew(int stream) {
        return lease(RENEW, stream);
    }

    /** Gives the stream back. */
    CompletionStage<Boolean> release(int stream) {
        return lease(RELEASE, stream);
    }

    private CompletionStage<Boolean> lease(String script, int stream) {
        String[] keys = {settings.leaseKey(stream)};
        return isOne(
                () -> commands.eval(script, ScriptOutputType.INTEGER, keys, settings.node(), millis(settings.lease())));
    }

    /** Says that this node is there; returns how many are, or -1 if they have another number of streams. */
    CompletionStage<Long> beat() {
        String[] keys = {settings.nodesKey(), settings.streamsKey()};
        String streams = String.valueOf(settings.streams());
        return sent(() -> commands.eval(
                BEAT, ScriptOutputType.INTEGER, keys, settings.node(), millis(settings.lease()), streams));
    }

    /** Returns how many nodes are there. */
    CompletionStage<Long> nodes() {
        String[] keys = {settings.nodesKey()};
        return sent(() -> commands.eval(NODES, ScriptOutputType.INTEGER, keys, millis(settings.lease())));
    }

    /** Says that this node is gone. */
    CompletionStage<Long> leave() {
        return sent(() -> commands.zrem(settings.nodesKey(), settings.node()));
    }

    /** Tells a node something, at most once. */
    CompletionStage<Long> tell(String node, String text) {
        return sent(() -> commands.spublish(settings.nodeChannel(node), text));
    }

    private static String millis(Duration duration) {
        return String.valueOf(duration.toMillis());
    }

    private static CompletionStage<Boolean> isOne(Supplier<RedisFuture<Long>> command) {
        return sent(command).thenApply(answer -> answer == 1);
    }

    /** What can't be sent at all fails as what isn't answered. Lettuce has a time limit too; whoever waits here must hear in any case. */
    private static <T> CompletionStage<T> sent(Supplier<RedisFuture<T>> command) {
        try {
            return command.get()
                    .toCompletableFuture()
                    .copy()
                    .orTimeout(2 * RedisConnections.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RuntimeException closed) {
            return CompletableFuture.failedFuture(closed);
        }
    }
}
