-- Where signed originals (Nostr events) are found: newest first, by author, kind, tag and word. Names stand here by
-- their first 64 bits; the original itself decides (docs/decisions/0070). The original is the change's proof, until
-- the change is no longer retained: then it moves here.
create table mark (
  id integer primary key,          -- the change's
  tie integer not null,            -- of the original's name; its sign bit is flipped, so that the order is the names'
  author integer not null,
  kind integer not null,
  time integer not null,           -- as the author says, in the author's unit
  expires_at integer,
  tags blob not null,              -- eight bytes for each row in mark_tag
  proof blob
);
create index mark_tie on mark (tie);
create index mark_time on mark (time desc, tie, kind, author);
create index mark_kind on mark (kind, time desc, tie, author);
create index mark_author on mark (author, time desc, tie, kind);
create index mark_author_kind on mark (author, kind, time desc, tie);
create index mark_expires on mark (expires_at) where expires_at is not null;

create table mark_tag (
  tag integer not null,
  time integer not null,
  tie integer not null,
  id integer not null,
  kind integer not null,
  author integer not null,
  primary key (tag, time desc, tie, id)
) without rowid;

-- Words in one spelling, separated by blanks; which mark has them, not where.
create virtual table mark_word using fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii');
