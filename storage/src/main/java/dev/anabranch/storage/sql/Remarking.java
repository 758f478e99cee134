package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.mark.Mark;
import dev.anabranch.kernel.mark.Marking;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Marks anew what a log has the originals of: of each entity that is there the newest change's, be
/// it retained or not.
public final class Remarking {

  private static final int BATCH = 4096;
  // In the order in which the log has them: sorted, all originals would have to be held.
  private static final String RETAINED =
      "select c.id, c.model, c.entity, c.proof from change c cross join entity e on e.scope_id ="
          + " c.scope_id and e.model = c.model and e.entity = c.entity and e.id = c.id where"
          + " c.proof is not null and e.deleted = 0 order by c.id";

  // These leave no name to a row.
  private static final String FOLDED =
      "select e.id, e.model, '', p.proof from entity e join mark_proof p on p.id = e.id where"
          + " e.deleted = 0";

  private final Session marks;
  private final MarkIndexes indexes;
  private final Function<ModelName, @Nullable Marking> markings;
  private final LongConsumer progress;
  private final List<WaitingMark> batch = new ArrayList<>();
  private long count;

  /// A run.
  ///
  /// @param marks where they are written, in a transaction of its caller
  /// @param queries how words are written there
  /// @param markings of each model that has any
  /// @param progress is told how many more were marked
  public Remarking(
      Session marks,
      MarkQueries queries,
      Function<ModelName, @Nullable Marking> markings,
      LongConsumer progress) {
    this.marks = marks;
    this.indexes = new MarkIndexes(queries);
    this.markings = markings;
    this.progress = progress;
  }

  /// Marks everything that a log has.
  ///
  /// @return how many
  public long run(Session log) throws SQLException {
    mark(log, RETAINED);
    mark(log, FOLDED);
    flush();
    return count;
  }

  private void mark(Session log, String query) throws SQLException {
    try (ResultSet row = log.prepare(query).executeQuery()) {
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
      progress.accept(batch.size());
      count += batch.size();
      batch.clear();
    }
  }
}
