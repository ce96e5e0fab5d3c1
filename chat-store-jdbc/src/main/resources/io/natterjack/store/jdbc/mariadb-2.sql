-- Rows of chat_message are events of every kind now; kind 0 is a message, see EventKinds. A message that has lost its body is
-- gone = 1 and has {} in its place. Its words are the tokens that a search finds it by.

alter table chat_store add column if not exists oldest_code integer not null default 2;

-- A backup is a copy: who opens it begins a new epoch.
alter table chat_store add column if not exists is_copy smallint not null default 0;

alter table chat_room
    add column if not exists trimmed bigint not null default 0,
    add column if not exists shows_all smallint not null default 1,
    add column if not exists held smallint not null default 0;

alter table chat_message
    add column if not exists kind smallint not null default 0,
    add column if not exists gone smallint not null default 0,
    add column if not exists words mediumtext character set ascii collate ascii_bin,
    add fulltext index if not exists chat_message_words (words);

create table if not exists chat_member (
    room varchar(64) character set ascii collate ascii_bin not null,
    member varbinary(128) not null,
    joined_seq bigint not null,
    is_in smallint not null,
    delivered_seq bigint not null,
    read_seq bigint not null,
    primary key (room, member),
    key chat_member_rooms (member, room)
) engine = InnoDB;

-- How long a room keeps messages; the row of room '' is for all that have none. Negative means without limit.
create table if not exists chat_retention (
    room varchar(64) character set ascii collate ascii_bin not null primary key,
    max_age_ms bigint not null,
    max_messages bigint not null
) engine = InnoDB;

-- Messages that committed with an application's own transaction and aren't in their room yet.
create table if not exists chat_outbox (
    id bigint not null auto_increment primary key,
    room varchar(64) character set ascii collate ascii_bin not null,
    sender varbinary(128) not null,
    cid varchar(64) character set ascii collate ascii_bin not null unique,
    body mediumtext character set utf8mb4 collate utf8mb4_bin not null,
    refused varchar(64) character set ascii collate ascii_bin
) engine = InnoDB;

-- Who does what only one process should do at a time, and until when by this database's clock.
create table if not exists chat_lease (
    name varchar(64) character set ascii collate ascii_bin not null primary key,
    holder varchar(64) character set ascii collate ascii_bin not null,
    until_ms bigint not null
) engine = InnoDB;
