-- An event's target is the message that it is about, or that a message replies to. The row of an edit has no body: the message has it.
-- What later events have made of a message is in its row; reacts has the number of people for each reaction, as a JSON object.

alter table chat_room add column settings text not null default '';
alter table chat_room add column access_rev integer not null default 0;
alter table chat_room add column cancels integer not null default 0;

alter table chat_message add column target integer not null default 0;
alter table chat_message add column edited_ts integer not null default 0;
alter table chat_message add column replies integer not null default 0;
alter table chat_message add column revoked integer not null default 0;
alter table chat_message add column pinned integer not null default 0;
alter table chat_message add column reacts text not null default '';

-- standing: 0 out, 1 in, 2 invited, 3 banned; is_in is 1 for those who are in.
alter table chat_member add column standing integer not null default 0;
alter table chat_member add column role integer not null default 1;
alter table chat_member add column until_ms integer not null default 0;
alter table chat_member add column notify integer not null default 0;
alter table chat_member add column changed_seq integer not null default 0;
update chat_member set standing = is_in, changed_seq = joined_seq;

create table chat_reaction (
    room text not null,
    seq integer not null,
    reaction text not null,
    member text not null,
    primary key (room, seq, reaction, member)
) strict, without rowid;

create table chat_reply (
    room text not null,
    root integer not null,
    seq integer not null,
    primary key (room, root, seq)
) strict, without rowid;

create table chat_pin (
    room text not null,
    seq integer not null,
    primary key (room, seq)
) strict, without rowid;

-- Member '' stands for everybody.
create table chat_mention (
    room text not null,
    member text not null,
    seq integer not null,
    sender text not null,
    primary key (room, member, seq)
) strict, without rowid;

create index chat_mention_seq on chat_mention (room, seq);

-- Messages that were revoked before they came. Open until they come.
create table chat_cancel (
    room text not null,
    sender text not null,
    cid text not null,
    is_open integer not null,
    primary key (room, sender, cid)
) strict, without rowid;

create table chat_profile (
    member text not null primary key,
    name text not null,
    avatar text not null,
    attributes text not null
) strict, without rowid;

create table chat_block (
    member text not null,
    blocked text not null,
    primary key (member, blocked)
) strict, without rowid;

create table chat_revocation (
    member text not null primary key,
    issued_before integer not null
) strict, without rowid;

-- How far listeners have come. The row of room '' says that the listener is known.
create table chat_heard (
    listener text not null,
    room text not null,
    seq integer not null,
    primary key (listener, room)
) strict, without rowid;
