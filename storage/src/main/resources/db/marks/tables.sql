-- The file marks.db: where signed originals (Nostr events) are found, newest first, by author, kind, tag and word. Names
-- stand here by their first 64 bits; the original itself decides (docs/decisions/0070, 0098).
create table mark (
  id integer primary key,          -- the change's
  tie integer not null,            -- of the original's name; its sign bit is flipped, so that the order is the names'
  author integer not null,
  kind integer not null,
  time integer not null,           -- as the author says, in the author's unit
  expires_at integer,
  tags blob not null               -- eight bytes for each row in mark_tag
);
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
