-- The log and what is derived from it. One process at a time numbers and writes (see the folder's lock file);
-- everybody may read. Which indexes are left out, and why: docs/decisions/0010-storage-tables.md.
-- Both databases have the same tables and columns: a backup of one can be restored into the other.

create table meta (
  one integer primary key check (one = 1),
  epoch integer not null,          -- one more after every restore
  head_id integer not null,        -- the id of the last change of all
  head_hlc integer not null        -- the greatest hybrid logical time given
);
insert into meta values (1, 0, 0, 0);

-- A cursor above head_id and up to epoch * 2^40 comes from a history that a restore took back.
create table restore_point (
  epoch integer primary key,
  head_id integer not null
);

create table principal (
  principal_id integer primary key,
  name text not null unique
);

create table scope (
  scope_id integer primary key,
  name text not null unique,
  head_seq integer not null,       -- 0 = only answers without a change so far
  head_id integer not null,
  floor_seq integer not null,      -- changes up to here are folded into floor_entity and gone
  floor_id integer not null
);

create table change (
  id integer primary key,
  scope_id integer not null,
  seq integer not null,
  model text not null,
  entity text not null,
  action text not null,
  version integer not null,
  data text,                       -- JSON, as it was written
  body blob,
  write_key text not null,
  hash_high integer not null,      -- what the write said: tells a retry from a key used twice
  hash_low integer not null,
  principal_id integer not null,
  device text,                     -- null = the one assigned to the principal
  n integer not null,
  base integer not null,
  hlc integer not null,
  prior integer not null,          -- seq of the entity's change before; 0 = none
  proof blob,
  origin text not null,
  at integer not null,             -- milliseconds since 1970
  erased integer not null
);
create unique index change_seq on change (scope_id, seq);
create unique index change_key on change (scope_id, principal_id, write_key);

create table entity (
  scope_id integer not null,
  model text not null,
  entity text not null,
  version integer not null,
  data text not null,
  body blob,
  rule_state text,
  deleted integer not null,
  created_at integer not null,
  updated_at integer not null,
  id integer not null,
  seq integer not null,
  primary key (scope_id, model, entity)
) without rowid;

-- Entities as they stood at their scope's floor: what the retained log folds onto.
create table floor_entity (
  scope_id integer not null,
  model text not null,
  entity text not null,
  version integer not null,
  data text not null,
  body blob,
  rule_state text,
  deleted integer not null,
  created_at integer not null,
  updated_at integer not null,
  id integer not null,
  seq integer not null,
  primary key (scope_id, model, entity)
) without rowid;

-- First answers that left no change behind, and those of changes that are no longer retained.
create table outcome (
  scope_id integer not null,
  principal_id integer not null,
  write_key text not null,
  hash_high integer not null,
  hash_low integer not null,
  id integer not null,             -- of an applied write; 0 = the answer says what it was
  seq integer not null,
  version integer not null,
  answer text,                     -- JSON
  primary key (scope_id, principal_id, write_key)
) without rowid;

create table device (
  scope_id integer not null,
  device text not null,
  principal_id integer not null,
  n integer not null,
  base integer not null,
  primary key (scope_id, device)
) without rowid;

create table credential (
  kind text not null,
  public_id text not null,
  principal text not null,
  secret_hash blob,
  authority text not null,         -- JSON
  label text not null,
  created_at integer not null,
  expires_at integer,
  revoked_at integer,
  primary key (kind, public_id)
) without rowid;

-- Seed 002's table.
create view sync_events as
select c.id as id,
       s.name as scope,
       c.model as model,
       c.entity as model_id,
       c.action as action,
       c.data as data,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.at / 1000.0, 'unixepoch') as created_at
  from change c join scope s on s.scope_id = c.scope_id;
