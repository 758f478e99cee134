-- Where signed originals (Nostr events) are found: newest first, by author, kind, tag and word. Names stand here by
-- their first 64 bits; the original itself decides (docs/decisions/0070). The original is the change's proof, until
-- the change is no longer retained: then it moves here.
create table mark (
  id bigint primary key,          -- the change's
  tie bigint not null,            -- of the original's name; its sign bit is flipped, so that the order is the names'
  author bigint not null,
  kind integer not null,
  time bigint not null,           -- as the author says, in the author's unit
  expires_at bigint,
  tags bytea not null,            -- eight bytes for each row in mark_tag
  proof bytea
);
create index mark_tie on mark (tie);
create index mark_time on mark (time desc, tie) include (kind, author, id);
create index mark_kind on mark (kind, time desc, tie) include (author, id);
create index mark_author on mark (author, time desc, tie) include (kind, id);
create index mark_author_kind on mark (author, kind, time desc, tie) include (id);
create index mark_expires on mark (expires_at) where expires_at is not null;

create table mark_tag (
  tag bigint not null,
  time bigint not null,
  tie bigint not null,
  id bigint not null,
  kind integer not null,
  author bigint not null
);
create index mark_tag_order on mark_tag (tag, time desc, tie, id) include (kind, author);

-- Words in one spelling, separated by blanks; which mark has them, not where.
create table mark_word (
  id bigint primary key,
  words text not null
);
create index mark_word_words on mark_word using gin (string_to_array(words, ' '));
