package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// The original of a marked change.
public record MarkProof(long id, Bytes proof) {

  /// Where originals stand: the proof of a change `c`, or a row of their own once it is gone.
  ///
  /// @param id the column with the change's id
  public static String columns(String id) {
    return "c.proof, c.entity, case when c.proof is null then (select p.proof from mark_proof p"
        + " where p.id = "
        + id
        + ") end";
  }

  /// The original of the change `id`, as it stands in [#columns] from `first` on; null when it was
  /// erased, empty when it is damaged.
  public static @Nullable MarkProof read(long id, ResultSet row, int first) throws SQLException {
    byte[] stored = row.getBytes(first);
    String name = stored == null ? "" : row.getString(first + 1);
    if (stored == null) {
      stored = row.getBytes(first + 2);
    }
    return stored == null
        ? null
        : new MarkProof(id, StoredProof.unpack(stored, name, () -> "the change " + id));
  }
}
