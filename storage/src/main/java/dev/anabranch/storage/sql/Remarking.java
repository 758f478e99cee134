package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.mark.Marking;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Marks anew what a log has the originals of: of each entity that is there the newest change's, be
/// it retained or not.
public final class Remarking {

  private static final int BATCH = 4096;
  private static final int PAGE_ROWS = 512;
  private static final String MOST = "select count(*) from entity where deleted = 0";

  // Pages of all changes and of all entities, with an original where there is one to be marked: a
  // statement over all that have one would take as long as the log is large.
  private static final String RETAINED =
      "select c.id, c.model, c.entity, case when e.id = c.id then c.proof end from change c left"
          + " join entity e on e.scope_id = c.scope_id and e.model = c.model and e.entity ="
          + " c.entity and e.deleted = 0 where c.id > ? order by c.id limit "
          + PAGE_ROWS;

  // These leave no name to a row.
  private static final String FOLDED =
      "select e.id, e.model, '', p.proof, e.scope_id, e.entity from entity e left join mark_proof p"
          + " on p.id = e.id and e.deleted = 0 where (e.scope_id, e.model, e.entity) > (?, ?, ?)"
          + " order by e.scope_id, e.model, e.entity limit "
          + PAGE_ROWS;

  private final Session marks;
  private final MarkIndexes indexes;
  private final Function<ModelName, @Nullable Marking> markings;
  private final Listener listener;
  private final List<WaitingMark> batch = new ArrayList<>();
  private long count;

  /// Who hears how far a run has come.
  public interface Listener {
    /// It begins.
    ///
    /// @param most how many there are at the most: of some entities nothing is marked
    void begins(long most);

    /// So many more were marked.
    void marked(long more);

    /// All were marked; the indexes of them are made now.
    void makesIndexes();
  }

  /// A run.
  ///
  /// @param marks where they are written, in a transaction of its caller
  /// @param queries how words are written there
  /// @param markings of each model that has any
  /// @param listener hears how far it has come
  public Remarking(
      Session marks,
      MarkQueries queries,
      Function<ModelName, @Nullable Marking> markings,
      Listener listener) {
    this.marks = marks;
    this.indexes = new MarkIndexes(queries);
    this.markings = markings;
    this.listener = listener;
  }

  /// Marks everything that a log has.
  ///
  /// @return how many
  public long run(Session log) throws SQLException {
    listener.begins(Objects.requireNonNull(log.first(MOST, row -> row.getLong(1))));
    retained(log);
    folded(log);
    flush();
    listener.makesIndexes();
    return count;
  }

  private void retained(Session log) throws SQLException {
    long last = 0;
    int count = PAGE_ROWS;
    while (count == PAGE_ROWS) {
      count = 0;
      try (ResultSet row = log.bind(RETAINED, last).executeQuery()) {
        for (; row.next(); count++) {
          last = row.getLong(1);
          mark(row);
        }
      }
    }
  }

  private void folded(Session log) throws SQLException {
    long scope = -1;
    String model = "";
    String entity = "";
    int count = PAGE_ROWS;
    while (count == PAGE_ROWS) {
      count = 0;
      try (ResultSet row = log.bind(FOLDED, scope, model, entity).executeQuery()) {
        for (; row.next(); count++) {
          scope = row.getLong(5);
          model = row.getString(2);
          entity = row.getString(6);
          mark(row);
        }
      }
    }
  }

  /// Marks what a row has the original of: id, model, name, original.
  private void mark(ResultSet row) throws SQLException {
    byte[] proof = row.getBytes(4);
    Marking marking = proof == null ? null : markings.apply(new ModelName(row.getString(2)));
    if (marking == null) {
      return;
    }
    long id = row.getLong(1);
    marking
        .ofOriginal(StoredProof.unpack(proof, row.getString(3), () -> "the change " + id))
        .ifPresent(mark -> batch.add(WaitingMark.of(id, mark)));
    if (batch.size() == BATCH) {
      flush();
    }
  }

  private void flush() throws SQLException {
    if (!batch.isEmpty()) {
      indexes.insert(marks, batch);
      listener.marked(batch.size());
      count += batch.size();
      batch.clear();
    }
  }
}
