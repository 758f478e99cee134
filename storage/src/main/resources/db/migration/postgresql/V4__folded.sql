-- Documents' states up to one of their changes. What is said here the log says too: the newest of these
-- and of floor_entity is where a reader begins.
create table folded (
  scope_id bigint not null,
  model text collate "C" not null,
  entity text collate "C" not null,
  seq bigint not null,
  state bytea not null,
  primary key (scope_id, model, entity)
);
