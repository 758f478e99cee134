package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Bytes;

/// The original of a marked change.
public record MarkProof(long id, Bytes proof) {

  /// Where originals stand: the change's proof, or the mark's once the change is gone.
  public static final String COLUMN = "coalesce(m.proof, c.proof)";

  /// The tables of [#COLUMN].
  public static final String TABLES = "mark m left join change c on c.id = m.id";
}
