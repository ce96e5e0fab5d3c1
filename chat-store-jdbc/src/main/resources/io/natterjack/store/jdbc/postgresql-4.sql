-- updated_at in steps of ten seconds. An index on the time itself would get a new entry with every append, and no update could stay on
-- its page; of this one most updates leave the value as it is. The database keeps it right for older code too.

alter table chat_room add column changed_slot bigint not null
    generated always as (cast(floor(extract(epoch from updated_at at time zone 'UTC') / 10) as bigint)) stored;

create index chat_room_changed on chat_room (changed_slot);

create index chat_revocation_time on chat_revocation (issued_before);

-- Under which generation the holder of a lease must append; an earlier one is turned away.
create table chat_fence (
    name text collate "C" primary key,
    generation bigint not null
);
