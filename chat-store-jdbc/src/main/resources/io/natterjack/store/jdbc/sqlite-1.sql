-- Text compares byte by byte: that is SQLite's own collation.

create table chat_store (
    id integer primary key check (id = 1),
    schema_version integer not null,
    epoch integer not null
) strict;

-- updated_at is the database's clock in Unix milliseconds.
create table chat_room (
    room text not null primary key,
    last_seq integer not null,
    last_ts integer not null,
    updated_at integer not null
) strict, without rowid;

-- A message row is its "msg" event too: one row a message. Events of other kinds get a table of their own.
create table chat_message (
    room text not null,
    seq integer not null,
    rev integer not null,
    sender text not null,
    cid text not null,
    content_hash text not null,
    ts integer not null,
    body text not null,
    primary key (room, seq),
    unique (room, sender, cid)
) strict;

create index chat_message_rev on chat_message (room, rev);
