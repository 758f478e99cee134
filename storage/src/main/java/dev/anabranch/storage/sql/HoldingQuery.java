package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Holding;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/// What each principal has in the log, by lengths alone.
///
/// It is summed here and not by the database, for a proof's column is not as long as the proof
/// ([StoredProof]). A page is a read of its own: none lasts as long as the log is large.
final class HoldingQuery {

  private static final int PAGE_ROWS = 20_000;
  private static final String COLUMNS =
      "c.principal_id, coalesce(octet_length(c.data), 0) + coalesce(octet_length(c.body), 0),"
          + " coalesce(octet_length(c.proof), 0), substr(c.proof, 1, "
          + StoredProof.HEAD_BYTES_MAX
          + ") from change c";
  private static final String HELD = " and c.erased = 0 and c.action <> 'delete'";
  private static final String EVERYWHERE =
      "select c.id, " + COLUMNS + " where c.id > ?" + HELD + " order by c.id limit " + PAGE_ROWS;
  private static final String IN_SCOPE =
      "select c.seq, "
          + COLUMNS
          + " where c.scope_id = (select scope_id from scope where name = ?) and c.seq > ? and"
          + " c.seq <= ?"
          + HELD
          + " order by c.seq limit "
          + PAGE_ROWS;
  private static final String NAMES =
      "select principal_id, name from principal where principal_id > ? order by principal_id limit "
          + PAGE_ROWS;

  private final Map<Long, Holding> sums = new HashMap<>();
  private long last;

  private HoldingQuery() {}

  /// Reads something in a session of its own.
  interface Reading extends Function<Work<Boolean>, Boolean> {}

  /// Of the whole log.
  static Map<PrincipalId, Holding> everywhere(Reading reading) {
    return new HoldingQuery()
        .named(reading, (session, last) -> session.bind(EVERYWHERE, last).executeQuery());
  }

  /// Of a scope's changes up to a seq.
  static Map<PrincipalId, Holding> inScope(Reading reading, String scope, long upToSeq) {
    return new HoldingQuery()
        .named(
            reading,
            (session, last) -> session.bind(IN_SCOPE, scope, last, upToSeq).executeQuery());
  }

  /// Asks for the rows behind one.
  private interface Page {
    ResultSet rows(Session session, long last) throws SQLException;
  }

  private Map<PrincipalId, Holding> named(Reading reading, Page page) {
    boolean more;
    do {
      more = reading.apply(session -> add(page.rows(session, last)));
    } while (more);
    Map<PrincipalId, Holding> held = new HashMap<>();
    last = 0;
    do {
      more = !sums.isEmpty() && reading.apply(session -> name(session, held));
    } while (more);
    return held;
  }

  private boolean add(ResultSet found) throws SQLException {
    int count = 0;
    try (ResultSet rows = found) {
      while (rows.next()) {
        count++;
        last = rows.getLong(1);
        long proof = rows.getLong(4);
        long bytes = rows.getLong(3) + (proof == 0 ? 0 : StoredProof.size(rows.getBytes(5), proof));
        sums.merge(rows.getLong(2), new Holding(1, bytes), Holding::plus);
      }
    }
    return count == PAGE_ROWS;
  }

  private boolean name(Session session, Map<PrincipalId, Holding> held) throws SQLException {
    int count = 0;
    try (ResultSet rows = session.bind(NAMES, last).executeQuery()) {
      while (rows.next()) {
        count++;
        last = rows.getLong(1);
        Holding sum = sums.get(last);
        if (sum != null) {
          held.put(new PrincipalId(rows.getString(2)), sum);
        }
      }
    }
    return count == PAGE_ROWS;
  }
}
