-- The term of whoever may write, in the row that every batch moves: the check needs no statement and
-- no lock of its own (docs/decisions/0021). A server of an earlier version goes by lease.term.
alter table meta add column term bigint not null default 0;
