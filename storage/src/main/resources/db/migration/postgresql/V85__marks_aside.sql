-- Originals whose change is no longer retained (docs/decisions/0098).
create table mark_proof (
  id bigint primary key,  -- the change's
  proof bytea not null
);
insert into mark_proof select id, proof from mark where proof is not null;
alter table mark drop column proof;
