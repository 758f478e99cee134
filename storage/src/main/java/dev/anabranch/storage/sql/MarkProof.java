package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// The original of a marked change.
public record MarkProof(long id, Bytes proof) {

  /// Where originals stand: the change's proof, or the mark's once the change is gone.
  public static final String COLUMNS = "m.proof, c.proof, c.entity";

  /// The tables of [#COLUMNS].
  public static final String TABLES = "mark m left join change c on c.id = m.id";

  /// The original of the change `id`, as it stands in columns from `first` on; null when it was
  /// erased, empty when it is damaged.
  public static @Nullable MarkProof read(long id, ResultSet row, int first) throws SQLException {
    byte[] moved = row.getBytes(first);
    byte[] stored = moved == null ? row.getBytes(first + 1) : moved;
    if (stored == null) {
      return null;
    }
    String name = moved == null ? row.getString(first + 2) : "";
    return new MarkProof(id, StoredProof.unpack(stored, name, () -> "the change " + id));
  }
}
