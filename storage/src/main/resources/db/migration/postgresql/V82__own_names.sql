-- A key that is its entity's id stands there alone: write_key is empty then (docs/decisions/0093). Every change has the same
-- key here as before, whichever version wrote it.
drop index change_key;
create unique index change_key on change (
  scope_id, principal_id, (case write_key when '' then entity else write_key end));
