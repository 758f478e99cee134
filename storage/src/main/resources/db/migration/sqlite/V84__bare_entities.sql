-- A signed original that is its entity's only change says everything about it. The entity's row is bare then: its data is
-- empty, and it names the change. The change's key is found by that row and stands in no index. All that is of one
-- model, the first that had such an entity. PostgreSQL has none of this (docs/decisions/0095).
alter table change add column bare integer;  -- 1 = its key is found by the entity's row, which names this change
alter table meta add column bare_model text;
drop index change_key;
create unique index change_key on change (
  scope_id, principal_id, case write_key when '' then entity else write_key end) where bare is null;
