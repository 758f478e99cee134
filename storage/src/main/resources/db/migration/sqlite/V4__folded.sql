-- Documents' states up to one of their changes. What is said here the log says too: the newest of these
-- and of floor_entity is where a reader begins.
create table folded (
  scope_id integer not null,
  model text not null,
  entity text not null,
  seq integer not null,
  state blob not null,
  primary key (scope_id, model, entity)
);
