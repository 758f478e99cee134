-- The log and what is derived from it. One writer (the process that holds the folder's lock) numbers everything.
-- Why there is no index on committed_at and none on (scope, device, n): docs/decisions/0004-indexes.md.

CREATE TABLE meta (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  epoch INTEGER NOT NULL,      -- one more after every restore
  head_id INTEGER NOT NULL,    -- id of the last change of the whole database
  head_hlc INTEGER NOT NULL    -- greatest hybrid logical time given
);
INSERT INTO meta VALUES (1, 0, 0, 0);

-- Ids begin at epoch * 2^40; a cursor between head_id and that is from a history that no longer exists.
CREATE TABLE restore_point (epoch INTEGER PRIMARY KEY, head_id INTEGER NOT NULL);

CREATE TABLE principal (principal_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE scope (
  scope_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  head_seq INTEGER NOT NULL,
  head_id INTEGER NOT NULL,
  floor_seq INTEGER NOT NULL,  -- changes up to here may be gone
  floor_id INTEGER NOT NULL
);

CREATE TABLE change (
  id INTEGER PRIMARY KEY,
  scope_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  model TEXT NOT NULL,
  entity TEXT NOT NULL,
  action TEXT NOT NULL,
  version INTEGER NOT NULL,
  data TEXT,                   -- JSON
  body BLOB,
  write_key TEXT NOT NULL,
  hash_high INTEGER NOT NULL,  -- what the write said, so that a retry is told from a reused key
  hash_low INTEGER NOT NULL,
  principal_id INTEGER NOT NULL,
  device TEXT NOT NULL,
  n INTEGER NOT NULL,
  base INTEGER NOT NULL,
  hlc INTEGER NOT NULL,
  prior INTEGER NOT NULL,      -- seq of the entity's change before; 0 = none
  proof BLOB,
  origin TEXT NOT NULL,
  committed_at INTEGER NOT NULL, -- milliseconds since 1970
  erased INTEGER NOT NULL
);
CREATE UNIQUE INDEX change_seq ON change (scope_id, seq);
CREATE UNIQUE INDEX change_key ON change (scope_id, principal_id, write_key);

CREATE TABLE entity (
  scope_id INTEGER NOT NULL,
  model TEXT NOT NULL,
  entity TEXT NOT NULL,
  version INTEGER NOT NULL,
  data TEXT NOT NULL,
  body BLOB,
  rule_state TEXT,
  deleted INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (scope_id, model, entity)
) WITHOUT ROWID;

-- Entities as they stood at their scope's floor: what the log folds onto.
CREATE TABLE floor_entity (
  scope_id INTEGER NOT NULL,
  model TEXT NOT NULL,
  entity TEXT NOT NULL,
  version INTEGER NOT NULL,
  data TEXT NOT NULL,
  body BLOB,
  rule_state TEXT,
  deleted INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (scope_id, model, entity)
) WITHOUT ROWID;

-- First answers that left no change behind, and the keys of changes that are no longer retained.
CREATE TABLE outcome (
  scope_id INTEGER NOT NULL,
  principal_id INTEGER NOT NULL,
  write_key TEXT NOT NULL,
  hash_high INTEGER NOT NULL,
  hash_low INTEGER NOT NULL,
  answer TEXT NOT NULL,        -- JSON
  PRIMARY KEY (scope_id, principal_id, write_key)
) WITHOUT ROWID;

CREATE TABLE device (
  scope_id INTEGER NOT NULL,
  device TEXT NOT NULL,
  principal_id INTEGER NOT NULL,
  n INTEGER NOT NULL,
  base INTEGER NOT NULL,
  PRIMARY KEY (scope_id, device)
) WITHOUT ROWID;

CREATE TABLE credential (
  kind TEXT NOT NULL,
  public_id TEXT NOT NULL,
  principal TEXT NOT NULL,
  secret_hash BLOB,
  authority TEXT NOT NULL,     -- JSON
  label TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  PRIMARY KEY (kind, public_id)
) WITHOUT ROWID;

-- Seed 002's table, literally.
CREATE VIEW sync_events AS
SELECT change.id AS id,
       scope.name AS scope,
       change.model AS model,
       change.entity AS model_id,
       change.action AS action,
       change.data AS data,
       strftime('%Y-%m-%dT%H:%M:%fZ', change.committed_at / 1000.0, 'unixepoch') AS created_at
  FROM change JOIN scope ON scope.scope_id = change.scope_id;
