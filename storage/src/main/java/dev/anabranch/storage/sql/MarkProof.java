package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Bytes;
import org.jspecify.annotations.Nullable;

/// The original of a marked change.
public record MarkProof(long id, Bytes proof) {

  /// Where originals stand: the change's proof, or the mark's once the change is gone.
  public static final String COLUMN = "coalesce(m.proof, c.proof)";

  /// The tables of [#COLUMN].
  public static final String TABLES = "mark m left join change c on c.id = m.id";

  /// The original of the change `id`, as it stands in a column; null when it was erased, empty when
  /// it is damaged.
  public static @Nullable MarkProof read(long id, byte @Nullable [] stored) {
    return stored == null
        ? null
        : new MarkProof(id, StoredProof.unpack(stored, () -> "the change " + id));
  }
}
