-- The log and what is derived from it. One writer (the owner of the lease in meta) numbers everything.
-- Why there is no index on committed_at and none on (scope, device, n): docs/decisions/0004-indexes.md.

CREATE TABLE meta (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch BIGINT NOT NULL,       -- one more after every restore
  head_id BIGINT NOT NULL,     -- id of the last change of the whole database
  head_hlc BIGINT NOT NULL,    -- greatest hybrid logical time given
  term BIGINT NOT NULL,        -- whose batches count: each new owner takes the next term
  owner TEXT NOT NULL,         -- who it is, for people
  alive_at TIMESTAMPTZ         -- when the owner last said so; null = nobody owns it
);
INSERT INTO meta VALUES (1, 0, 0, 0, 0, '', NULL);

-- Ids begin at epoch * 2^40; a cursor between head_id and that is from a history that no longer exists.
CREATE TABLE restore_point (epoch BIGINT PRIMARY KEY, head_id BIGINT NOT NULL);

CREATE TABLE principal (
  principal_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL UNIQUE
);

CREATE TABLE scope (
  scope_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL UNIQUE,
  head_seq BIGINT NOT NULL,
  head_id BIGINT NOT NULL,
  floor_seq BIGINT NOT NULL,   -- changes up to here may be gone
  floor_id BIGINT NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE change (
  id BIGINT PRIMARY KEY,
  scope_id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  model TEXT COLLATE "C" NOT NULL,
  entity TEXT COLLATE "C" NOT NULL,
  action TEXT NOT NULL,
  version BIGINT NOT NULL,
  data TEXT,                   -- JSON
  body BYTEA,
  write_key TEXT COLLATE "C" NOT NULL,
  hash_high BIGINT NOT NULL,   -- what the write said, so that a retry is told from a reused key
  hash_low BIGINT NOT NULL,
  principal_id BIGINT NOT NULL,
  device TEXT NOT NULL,
  n BIGINT NOT NULL,
  base BIGINT NOT NULL,
  hlc BIGINT NOT NULL,
  prior BIGINT NOT NULL,       -- seq of the entity's change before; 0 = none
  proof BYTEA,
  origin TEXT NOT NULL,
  committed_at BIGINT NOT NULL, -- milliseconds since 1970
  erased BOOLEAN NOT NULL
);
CREATE UNIQUE INDEX change_seq ON change (scope_id, seq);
CREATE UNIQUE INDEX change_key ON change (scope_id, principal_id, write_key);

CREATE TABLE entity (
  scope_id BIGINT NOT NULL,
  model TEXT COLLATE "C" NOT NULL,
  entity TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  data TEXT NOT NULL,
  body BYTEA,
  rule_state TEXT,
  deleted BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  id BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (scope_id, model, entity)
);

-- Entities as they stood at their scope's floor: what the log folds onto.
CREATE TABLE floor_entity (LIKE entity INCLUDING ALL);

-- First answers that left no change behind, and the keys of changes that are no longer retained.
CREATE TABLE outcome (
  scope_id BIGINT NOT NULL,
  principal_id BIGINT NOT NULL,
  write_key TEXT COLLATE "C" NOT NULL,
  hash_high BIGINT NOT NULL,
  hash_low BIGINT NOT NULL,
  answer TEXT NOT NULL,        -- JSON
  PRIMARY KEY (scope_id, principal_id, write_key)
);

CREATE TABLE device (
  scope_id BIGINT NOT NULL,
  device TEXT COLLATE "C" NOT NULL,
  principal_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  base BIGINT NOT NULL,
  PRIMARY KEY (scope_id, device)
) WITH (fillfactor = 50);

CREATE TABLE credential (
  kind TEXT NOT NULL,
  public_id TEXT NOT NULL,
  principal TEXT NOT NULL,
  secret_hash BYTEA,
  authority TEXT NOT NULL,     -- JSON
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  revoked_at BIGINT,
  PRIMARY KEY (kind, public_id)
);

-- Seed 002's table, literally.
CREATE VIEW sync_events AS
SELECT change.id AS id,
       scope.name AS scope,
       change.model AS model,
       change.entity AS model_id,
       change.action AS action,
       change.data::jsonb AS data,
       to_timestamp(change.committed_at / 1000.0) AS created_at
  FROM change JOIN scope ON scope.scope_id = change.scope_id;
