-- Marks of the newest batches, one row for each batch, by the id of its last one, until they are sorted into the tables
-- of marks together. PostgreSQL has no such table (docs/decisions/0094).
create table mark_waiting (
  id integer primary key,
  count integer not null,
  marks blob not null
);
