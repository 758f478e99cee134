-- Where marks are read newest first: in ascending order, and read backwards, for what is new comes at the end. Where it
-- came at the beginning, pages were split in the middle and stayed half full (docs/decisions/0093).
drop index mark_time;
drop index mark_kind;
create index mark_time on mark (time, tie desc, kind, author);
create index mark_kind on mark (kind, time, tie desc, author);
