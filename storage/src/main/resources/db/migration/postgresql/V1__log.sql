-- The log and what is derived from it. One process at a time numbers and writes (see lease);
-- everybody may read. Which indexes are left out, and why: docs/decisions/0010-storage-tables.md.
-- Both databases have the same tables and columns: a backup of one can be restored into the other.

create table meta (
  one smallint primary key check (one = 1),
  epoch bigint not null,          -- one more after every restore
  head_id bigint not null,        -- the id of the last change of all
  head_hlc bigint not null        -- the greatest hybrid logical time given
);
insert into meta values (1, 0, 0, 0);

-- A cursor above head_id and up to epoch * 2^40 comes from a history that a restore took back.
create table restore_point (
  epoch bigint primary key,
  head_id bigint not null
);

create table principal (
  principal_id bigint primary key,
  name text collate "C" not null unique
);

create table scope (
  scope_id bigint primary key,
  name text collate "C" not null unique,
  head_seq bigint not null,       -- 0 = only answers without a change so far
  head_id bigint not null,
  floor_seq bigint not null,      -- changes up to here are folded into floor_entity and gone
  floor_id bigint not null
);

create table change (
  id bigint primary key,
  scope_id bigint not null,
  seq bigint not null,
  model text collate "C" not null,
  entity text collate "C" not null,
  action text not null,
  version bigint not null,
  data text,                       -- JSON, as it was written
  body bytea,
  write_key text collate "C" not null,
  hash_high bigint not null,      -- what the write said: tells a retry from a key used twice
  hash_low bigint not null,
  principal_id bigint not null,
  device text collate "C",                     -- null = the one assigned to the principal
  n bigint not null,
  base bigint not null,
  hlc bigint not null,
  prior bigint not null,          -- seq of the entity's change before; 0 = none
  proof bytea,
  origin text not null,
  at bigint not null,             -- milliseconds since 1970
  erased smallint not null
);
create unique index change_seq on change (scope_id, seq);
create unique index change_key on change (scope_id, principal_id, write_key);

create table entity (
  scope_id bigint not null,
  model text collate "C" not null,
  entity text collate "C" not null,
  version bigint not null,
  data text not null,
  body bytea,
  rule_state text,
  deleted smallint not null,
  created_at bigint not null,
  updated_at bigint not null,
  id bigint not null,
  seq bigint not null,
  primary key (scope_id, model, entity)
);

-- Entities as they stood at their scope's floor: what the retained log folds onto.
create table floor_entity (
  scope_id bigint not null,
  model text collate "C" not null,
  entity text collate "C" not null,
  version bigint not null,
  data text not null,
  body bytea,
  rule_state text,
  deleted smallint not null,
  created_at bigint not null,
  updated_at bigint not null,
  id bigint not null,
  seq bigint not null,
  primary key (scope_id, model, entity)
);

-- First answers that left no change behind, and those of changes that are no longer retained.
create table outcome (
  scope_id bigint not null,
  principal_id bigint not null,
  write_key text collate "C" not null,
  hash_high bigint not null,
  hash_low bigint not null,
  id bigint not null,             -- of an applied write; 0 = the answer says what it was
  seq bigint not null,
  version bigint not null,
  answer text,                     -- JSON
  primary key (scope_id, principal_id, write_key)
);

create table device (
  scope_id bigint not null,
  device text collate "C" not null,
  principal_id bigint not null,
  n bigint not null,
  base bigint not null,
  primary key (scope_id, device)
);

create table credential (
  kind text collate "C" not null,
  public_id text collate "C" not null,
  principal text not null,
  secret_hash bytea,
  authority text not null,         -- JSON
  label text not null,
  created_at bigint not null,
  expires_at bigint,
  revoked_at bigint,
  primary key (kind, public_id)
);

-- Who numbers and writes. Every batch begins with a statement that locks this row for its term.
create table lease (
  one smallint primary key check (one = 1),
  term bigint not null,            -- one more with every owner: the fencing token
  holder text not null,            -- for people
  backend_pid integer not null,    -- the owner's writing connection
  backend_start timestamptz,
  expires_at timestamptz not null
);
insert into lease values (1, 0, '', 0, null, '-infinity');

-- Rows that change with every batch leave room on their page, so that no index has to follow them.
alter table scope set (fillfactor = 60);
alter table device set (fillfactor = 60);
alter table entity set (fillfactor = 80);
alter table meta set (fillfactor = 20);

-- Seed 002's table.
create view sync_events as
select c.id as id,
       s.name as scope,
       c.model as model,
       c.entity as model_id,
       c.action as action,
       c.data::jsonb as data,
       to_timestamp(c.at / 1000.0) as created_at
  from change c join scope s on s.scope_id = c.scope_id;
