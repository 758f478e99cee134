-- Each restored history begins at a random place of its epoch's ids (docs/decisions/0025): a cursor above head_id and
-- up to begins_after comes from a history that a restore took back. So far they began at epoch * 2^40.
alter table restore_point add column begins_after integer not null default 0;
update restore_point set begins_after = epoch * 1099511627776;
