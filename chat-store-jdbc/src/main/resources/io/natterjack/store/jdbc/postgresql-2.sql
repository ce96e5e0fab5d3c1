-- Rows of chat_message are events of every kind now; kind 0 is a message, see EventKinds. A message that has lost its body is
-- gone = 1 and has {} in its place. Its words are the tokens that a search finds it by.

alter table chat_store add column oldest_code integer not null default 2;

-- A backup is a copy: who opens it begins a new epoch.
alter table chat_store add column is_copy smallint not null default 0;

alter table chat_room add column trimmed bigint not null default 0;
alter table chat_room add column shows_all smallint not null default 1;
alter table chat_room add column held smallint not null default 0;

alter table chat_message add column kind smallint not null default 0;
alter table chat_message add column gone smallint not null default 0;
alter table chat_message add column words tsvector;

create index chat_message_words on chat_message using gin (words);

create table chat_member (
    room text collate "C" not null,
    member text collate "C" not null,
    joined_seq bigint not null,
    is_in smallint not null,
    delivered_seq bigint not null,
    read_seq bigint not null,
    primary key (room, member)
);

create index chat_member_rooms on chat_member (member, room);

-- How long a room keeps messages; the row of room '' is for all that have none. Negative means without limit.
create table chat_retention (
    room text collate "C" primary key,
    max_age_ms bigint not null,
    max_messages bigint not null
);

-- Messages that committed with an application's own transaction and aren't in their room yet.
create table chat_outbox (
    id bigint generated always as identity primary key,
    room text collate "C" not null,
    sender text collate "C" not null,
    cid text collate "C" not null unique,
    body text not null,
    refused text
);

-- Who does what only one process should do at a time, and until when by this database's clock.
create table chat_lease (
    name text collate "C" primary key,
    holder text collate "C" not null,
    until_ms bigint not null
);
