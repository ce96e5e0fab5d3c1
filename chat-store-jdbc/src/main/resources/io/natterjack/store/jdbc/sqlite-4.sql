create index chat_room_changed on chat_room (updated_at);

create index chat_revocation_time on chat_revocation (issued_before);

-- Under which generation the holder of a lease must append; an earlier one is turned away.
create table chat_fence (
    name text not null primary key,
    generation integer not null
) strict, without rowid;
