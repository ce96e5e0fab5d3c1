create index if not exists chat_room_changed on chat_room (updated_at);

create index if not exists chat_revocation_time on chat_revocation (issued_before);

-- Under which generation the holder of a lease must append; an earlier one is turned away.
create table if not exists chat_fence (
    name varchar(64) character set ascii collate ascii_bin not null primary key,
    generation bigint not null
) engine = InnoDB;
