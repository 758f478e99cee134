create index mark_tie on mark (tie);
create index mark_time on mark (time, tie desc, kind, author);
create index mark_kind on mark (kind, time, tie desc, author);
create index mark_author on mark (author, time desc, tie, kind);
create index mark_author_kind on mark (author, kind, time desc, tie);
create index mark_expires on mark (expires_at) where expires_at is not null;
-- Twice as many pieces of the index of words are merged at a time as by default: a sixth less of what words cost.
insert into mark_word (mark_word, rank) values ('automerge', 8);
-- Whose marks these are, and up to which batch everything that waited stands here.
create table sorted (
  one integer primary key check (one = 1),
  name integer not null,
  up_to integer not null
);
insert into sorted values (1, random(), 0);
