-- An event's target is the message that it is about, or that a message replies to. The row of an edit has no body: the message has it.
-- What later events have made of a message is in its row; reacts has the number of people for each reaction, as a JSON object.

alter table chat_room add column settings text not null default '';
alter table chat_room add column access_rev bigint not null default 0;
alter table chat_room add column cancels integer not null default 0;

alter table chat_message add column target bigint not null default 0;
alter table chat_message add column edited_ts bigint not null default 0;
alter table chat_message add column replies integer not null default 0;
alter table chat_message add column revoked smallint not null default 0;
alter table chat_message add column pinned smallint not null default 0;
alter table chat_message add column reacts text not null default '';

-- standing: 0 out, 1 in, 2 invited, 3 banned; is_in is 1 for those who are in.
alter table chat_member add column standing smallint not null default 0;
alter table chat_member add column role smallint not null default 1;
alter table chat_member add column until_ms bigint not null default 0;
alter table chat_member add column notify smallint not null default 0;
alter table chat_member add column changed_seq bigint not null default 0;
update chat_member set standing = is_in, changed_seq = joined_seq;

create table chat_reaction (
    room text collate "C" not null,
    seq bigint not null,
    reaction text collate "C" not null,
    member text collate "C" not null,
    primary key (room, seq, reaction, member)
);

create table chat_reply (
    room text collate "C" not null,
    root bigint not null,
    seq bigint not null,
    primary key (room, root, seq)
);

create table chat_pin (
    room text collate "C" not null,
    seq bigint not null,
    primary key (room, seq)
);

-- Member '' stands for everybody.
create table chat_mention (
    room text collate "C" not null,
    member text collate "C" not null,
    seq bigint not null,
    sender text collate "C" not null,
    primary key (room, member, seq)
);

create index chat_mention_seq on chat_mention (room, seq);

-- Messages that were revoked before they came. Open until they come.
create table chat_cancel (
    room text collate "C" not null,
    sender text collate "C" not null,
    cid text collate "C" not null,
    is_open smallint not null,
    primary key (room, sender, cid)
);

create table chat_profile (
    member text collate "C" primary key,
    name text not null,
    avatar text not null,
    attributes text not null
);

create table chat_block (
    member text collate "C" not null,
    blocked text collate "C" not null,
    primary key (member, blocked)
);

create table chat_revocation (
    member text collate "C" primary key,
    issued_before bigint not null
);

-- How far listeners have come. The row of room '' says that the listener is known.
create table chat_heard (
    listener text collate "C" not null,
    room text collate "C" not null,
    seq bigint not null,
    primary key (listener, room)
);
