package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.store.Holding;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/// What each principal has in the log, by lengths and the beginnings of proofs.
///
/// It is summed here and not by the database, for a proof's column is not as long as the proof
/// ([StoredProof]): its beginning says how long that is, and for it a database may read all of the
/// column. Data and bodies are not read. A page is a read of its own: none lasts as long as the log
/// is large.
final class HoldingQuery {

  private static final int PAGE_ROWS = 20_000;
  private static final String LENGTHS =
      "c.principal_id, coalesce(octet_length(c.data), 0) + coalesce(octet_length(c.body), 0),"
          + " coalesce(octet_length(c.proof), 0), substr(c.proof, 1, "
          + StoredProof.HEAD_BYTES_MAX
          + ")";
  private static final String COLUMNS = LENGTHS + " from change c";
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
  private static final String SCOPE_ID = "select scope_id from scope where name = ?";
  // From a change backwards, up to one before which all are erased (MarkWriter).
  private static final String IN_TRAIL =
      "with recursive trail (seq, prior, erased, place) as (select c.seq, c.prior, c.erased, 1 from"
          + " change c where c.scope_id = ? and c.seq = ? union all select c.seq, c.prior,"
          + " c.erased, t.place + 1 from trail t join change c on c.scope_id = ? and c.seq ="
          + " t.prior where t.erased < 2 and t.place < "
          + PAGE_ROWS
          + ") select case when t.erased < 2 then t.prior else 0 end, "
          + LENGTHS
          + ", case when t.erased = 0 and c.action <> 'delete' then 1 else 0 end from trail t cross"
          + " join change c where c.scope_id = ? and c.seq = t.seq order by t.place";
  private static final String NAME = "select name from principal where principal_id = ?";
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

  /// Of one entity's changes, from one back.
  static Map<PrincipalId, Holding> inTrail(Reading reading, String scope, long seq) {
    HoldingQuery query = new HoldingQuery();
    query.last = seq;
    boolean more;
    do {
      more = reading.apply(session -> query.addTrail(session, scope));
    } while (more);
    Map<PrincipalId, Holding> held = new HashMap<>();
    if (!query.sums.isEmpty()) {
      boolean unused = reading.apply(session -> query.nameFew(session, held));
    }
    return held;
  }

  private boolean addTrail(Session session, String scope) throws SQLException {
    Long id = session.first(SCOPE_ID, row -> row.getLong(1), scope);
    if (id == null) {
      return false;
    }
    int count = 0;
    try (ResultSet rows = session.bind(IN_TRAIL, id, last, id, id).executeQuery()) {
      while (rows.next()) {
        count++;
        last = rows.getLong(1);
        if (rows.getInt(6) != 0) {
          add(rows);
        }
      }
    }
    return count == PAGE_ROWS && last > 0;
  }

  /// Names those whose changes an entity has, not everybody.
  private boolean nameFew(Session session, Map<PrincipalId, Holding> held) throws SQLException {
    for (Map.Entry<Long, Holding> sum : sums.entrySet()) {
      String name = session.first(NAME, row -> row.getString(1), sum.getKey());
      held.put(new PrincipalId(Objects.requireNonNull(name)), sum.getValue());
    }
    return true;
  }

  /// Asks for the rows behind one.
  private interface Page {
    ResultSet rows(Session session, long last) throws SQLException;
  }

  private Map<PrincipalId, Holding> named(Reading reading, Page page) {
    boolean more;
    do {
      more = reading.apply(session -> addAll(page.rows(session, last)));
    } while (more);
    Map<PrincipalId, Holding> held = new HashMap<>();
    last = 0;
    do {
      more = !sums.isEmpty() && reading.apply(session -> name(session, held));
    } while (more);
    return held;
  }

  private boolean addAll(ResultSet found) throws SQLException {
    int count = 0;
    try (ResultSet rows = found) {
      while (rows.next()) {
        count++;
        last = rows.getLong(1);
        add(rows);
      }
    }
    return count == PAGE_ROWS;
  }

  private void add(ResultSet row) throws SQLException {
    long proof = row.getLong(4);
    long bytes = row.getLong(3) + (proof == 0 ? 0 : StoredProof.size(row.getBytes(5), proof));
    sums.merge(row.getLong(2), new Holding(1, bytes), Holding::plus);
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
