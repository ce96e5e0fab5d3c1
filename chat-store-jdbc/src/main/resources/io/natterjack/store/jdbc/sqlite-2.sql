-- Rows of chat_message are events of every kind now; kind 0 is a message, see EventKinds. A message that has lost its body is
-- gone = 1 and has {} in its place.

alter table chat_store add column oldest_code integer not null default 2;

-- A backup is a copy: who opens it begins a new epoch.
alter table chat_store add column is_copy integer not null default 0;

alter table chat_room add column trimmed integer not null default 0;
alter table chat_room add column shows_all integer not null default 1;
alter table chat_room add column held integer not null default 0;

alter table chat_message add column kind integer not null default 0;
alter table chat_message add column gone integer not null default 0;

-- The tokens that a search finds a message by, under a number that survives VACUUM.
create table chat_search (
    id integer primary key,
    room text not null,
    seq integer not null,
    unique (room, seq)
) strict;

create virtual table chat_words using fts5 (words, content = '', contentless_delete = 1, detail = 'none', tokenize = 'ascii');

create table chat_member (
    room text not null,
    member text not null,
    joined_seq integer not null,
    is_in integer not null,
    delivered_seq integer not null,
    read_seq integer not null,
    primary key (room, member)
) strict, without rowid;

create index chat_member_rooms on chat_member (member, room);

-- How long a room keeps messages; the row of room '' is for all that have none. Negative means without limit.
create table chat_retention (
    room text not null primary key,
    max_age_ms integer not null,
    max_messages integer not null
) strict;

-- Messages that committed with an application's own transaction and aren't in their room yet.
create table chat_outbox (
    id integer primary key autoincrement,
    room text not null,
    sender text not null,
    cid text not null unique,
    body text not null,
    refused text
) strict;

-- Who does what only one process should do at a time, and until when by this database's clock.
create table chat_lease (
    name text not null primary key,
    holder text not null,
    until_ms integer not null
) strict;
