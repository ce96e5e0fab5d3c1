-- MariaDB commits each of these statements by itself, so each can be repeated. Identifiers compare byte by byte: ASCII ones by
-- their collation, people's names as bytes, since a collation of text would take trailing spaces for nothing.

create table if not exists chat_store (
    id smallint not null primary key,
    schema_version integer not null,
    epoch bigint not null
) engine = InnoDB;

-- A room's row is what its writers queue up at. updated_at is the database's clock in Unix milliseconds.
create table if not exists chat_room (
    room varchar(64) character set ascii collate ascii_bin not null primary key,
    last_seq bigint not null,
    last_ts bigint not null,
    updated_at bigint not null
) engine = InnoDB;

create table if not exists chat_message (
    room varchar(64) character set ascii collate ascii_bin not null,
    seq bigint not null,
    rev bigint not null,
    sender varbinary(128) not null,
    cid varchar(64) character set ascii collate ascii_bin not null,
    content_hash varchar(64) character set ascii collate ascii_bin not null,
    ts bigint not null,
    body mediumtext character set utf8mb4 collate utf8mb4_bin not null,
    primary key (room, seq),
    unique key chat_message_cid (room, sender, cid),
    key chat_message_rev (room, rev)
) engine = InnoDB;
