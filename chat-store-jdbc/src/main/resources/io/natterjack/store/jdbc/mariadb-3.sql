-- An event's target is the message that it is about, or that a message replies to. The row of an edit has no body: the message has it.
-- What later events have made of a message is in its row; reacts has the number of people for each reaction, as a JSON object.

alter table chat_room add column if not exists settings mediumtext character set utf8mb4 collate utf8mb4_bin not null default '';
alter table chat_room add column if not exists access_rev bigint not null default 0;
alter table chat_room add column if not exists cancels integer not null default 0;

alter table chat_message add column if not exists target bigint not null default 0;
alter table chat_message add column if not exists edited_ts bigint not null default 0;
alter table chat_message add column if not exists replies integer not null default 0;
alter table chat_message add column if not exists revoked smallint not null default 0;
alter table chat_message add column if not exists pinned smallint not null default 0;
alter table chat_message add column if not exists reacts text character set utf8mb4 collate utf8mb4_bin not null default '';

-- standing: 0 out, 1 in, 2 invited, 3 banned; is_in is 1 for those who are in.
alter table chat_member add column if not exists standing smallint not null default 0;
alter table chat_member add column if not exists role smallint not null default 1;
alter table chat_member add column if not exists until_ms bigint not null default 0;
alter table chat_member add column if not exists notify smallint not null default 0;
alter table chat_member add column if not exists changed_seq bigint not null default 0;
update chat_member set standing = is_in, changed_seq = joined_seq;

create table if not exists chat_reaction (
    room varchar(64) character set ascii collate ascii_bin not null,
    seq bigint not null,
    reaction varbinary(128) not null,
    member varbinary(128) not null,
    primary key (room, seq, reaction, member)
) engine = InnoDB;

create table if not exists chat_reply (
    room varchar(64) character set ascii collate ascii_bin not null,
    root bigint not null,
    seq bigint not null,
    primary key (room, root, seq)
) engine = InnoDB;

create table if not exists chat_pin (
    room varchar(64) character set ascii collate ascii_bin not null,
    seq bigint not null,
    primary key (room, seq)
) engine = InnoDB;

-- Member '' stands for everybody.
create table if not exists chat_mention (
    room varchar(64) character set ascii collate ascii_bin not null,
    member varbinary(128) not null,
    seq bigint not null,
    sender varbinary(128) not null,
    primary key (room, member, seq)
) engine = InnoDB;

create index if not exists chat_mention_seq on chat_mention (room, seq);

-- Messages that were revoked before they came. Open until they come.
create table if not exists chat_cancel (
    room varchar(64) character set ascii collate ascii_bin not null,
    sender varbinary(128) not null,
    cid varchar(64) character set ascii collate ascii_bin not null,
    is_open smallint not null,
    primary key (room, sender, cid)
) engine = InnoDB;

create table if not exists chat_profile (
    member varbinary(128) not null primary key,
    name text character set utf8mb4 collate utf8mb4_bin not null,
    avatar text character set utf8mb4 collate utf8mb4_bin not null,
    attributes text character set utf8mb4 collate utf8mb4_bin not null
) engine = InnoDB;

create table if not exists chat_block (
    member varbinary(128) not null,
    blocked varbinary(128) not null,
    primary key (member, blocked)
) engine = InnoDB;

create table if not exists chat_revocation (
    member varbinary(128) not null primary key,
    issued_before bigint not null
) engine = InnoDB;

-- How far listeners have come. The row of room '' says that the listener is known.
create table if not exists chat_heard (
    listener varchar(64) character set ascii collate ascii_bin not null,
    room varchar(64) character set ascii collate ascii_bin not null,
    seq bigint not null,
    primary key (listener, room)
) engine = InnoDB;
