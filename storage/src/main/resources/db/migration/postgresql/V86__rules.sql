-- By which rules the log is folded, so that it is not folded by others (docs/decisions/0103).
create table model_rule (
  model text primary key,
  rule text not null
);
