-- Marks are found in a file of their own, marks.db, which the first start fills from these tables and then drops them; a
-- backup has them still. What waits for that file is numbered by batch, and says which marks go. Originals whose change is
-- no longer retained stay here (docs/decisions/0098).
create table mark_proof (
  id integer primary key,  -- the change's
  proof blob not null
);
insert into mark_proof select id, proof from mark where proof is not null;
alter table mark_waiting add column gone blob not null default x'';  -- eight bytes for each mark that goes
create table mark_file (
  one integer primary key check (one = 1),
  name integer not null  -- marks.db says the same, and belongs to no other log
);
