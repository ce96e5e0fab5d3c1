-- Identifiers compare byte by byte, whatever the database's own collation.

create table chat_store (
    id smallint primary key check (id = 1),
    schema_version integer not null,
    epoch bigint not null
);

-- A room's row is what its writers queue up at. Half of each page stays free, so that updates find room beside the row.
create table chat_room (
    room text collate "C" primary key,
    last_seq bigint not null,
    last_ts bigint not null,
    updated_at timestamptz not null
) with (fillfactor = 50);

-- A message row is its "msg" event too: one row a message. Events of other kinds get a table of their own.
create table chat_message (
    room text collate "C" not null,
    seq bigint not null,
    rev bigint not null,
    sender text collate "C" not null,
    cid text collate "C" not null,
    content_hash text not null,
    ts bigint not null,
    body text not null,
    primary key (room, seq),
    unique (room, sender, cid)
);

create index chat_message_rev on chat_message (room, rev);
