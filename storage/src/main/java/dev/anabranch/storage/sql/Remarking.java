package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Marking;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Marks anew what a log has the originals of: of each entity that is there the newest change's, be
/// it retained or not.
public final class Remarking {

  private static final int BATCH = 4096;
  private static final String MOST = "select count(*) from entity where deleted = 0";

  // In the order in which the log has them: sorted, all originals would have to be held.
  private static final String RETAINED =
      "select c.id, c.model, c.entity, c.proof from change c cross join entity e where e.scope_id ="
          + " c.scope_id and e.model = c.model and e.entity = c.entity and e.id = c.id and"
          + " c.proof is not null and e.deleted = 0 order by c.id";

  // These leave no name to a row.
  private static final String FOLDED =
      "select e.id, e.model, '', p.proof from entity e join mark_proof p on p.id = e.id where"
          + " e.deleted = 0";

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
    mark(log, RETAINED);
    mark(log, FOLDED);
    flush();
    listener.makesIndexes();
    return count;
  }

  private void mark(Session log, String query) throws SQLException {
    PreparedStatement select = log.prepare(query);
    select.setFetchSize(BATCH);
    try (ResultSet row = select.executeQuery()) {
      while (row.next()) {
        long id = row.getLong(1);
        Marking marking = markings.apply(new ModelName(row.getString(2)));
        if (marking == null) {
          continue;
        }
        Optional<Mark> mark =
            marking.ofOriginal(
                StoredProof.unpack(row.getBytes(4), row.getString(3), () -> "the change " + id));
        if (mark.isPresent()) {
          batch.add(WaitingMark.of(id, mark.get()));
        }
        if (batch.size() == BATCH) {
          flush();
        }
      }
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
