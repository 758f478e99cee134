package dev.anabranch.bench.limit;

/// The row the raw inserts write: the shape and size of one change in a log table.
final class LogRow {
  static final String SQLITE_TABLE =
      "create table log (id integer primary key, scope text not null, seq integer not null,"
          + " key text not null, principal text not null, model text not null,"
          + " entity text not null, action text not null, version integer not null,"
          + " data text, at integer not null)";
  static final String POSTGRES_TABLE =
      "create table log (id bigserial primary key, scope text not null, seq bigint not null,"
          + " key text not null, principal text not null, model text not null,"
          + " entity text not null, action text not null, version bigint not null,"
          + " data jsonb, at bigint not null)";
  static final String INDEX = "create index log_scope_seq on log (scope, seq)";
  static final String COLUMNS =
      "scope, seq, key, principal, model, entity, action, version, data, at";

  private LogRow() {}

  /// The data column: JSON of about `bytes` bytes.
  static String data(int bytes) {
    return "{\"text\":\"" + "x".repeat(Math.max(1, bytes - 11)) + "\"}";
  }
}
