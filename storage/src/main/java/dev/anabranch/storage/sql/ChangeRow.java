package dev.anabranch.storage.sql;

import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Cause;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.DeviceId;
import dev.anabranch.kernel.log.EntityId;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.log.ModelName;
import dev.anabranch.kernel.log.PrincipalId;
import dev.anabranch.kernel.log.ScopeName;
import dev.anabranch.kernel.log.WriteKey;
import dev.anabranch.kernel.store.StoreFailure;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A row of the table `change`, with its author's name.
public final class ChangeRow {

  /// The columns that [#read] expects, of `change c join principal p`.
  public static final String COLUMNS =
      "c.id, c.seq, c.model, c.entity, c.action, c.version, c.data, c.body, c.write_key, p.name,"
          + " c.device, c.n, c.base, c.hlc, c.prior, c.proof, c.origin, c.at, c.erased";

  /// The tables that those columns are of.
  public static final String TABLES =
      "change c join principal p on p.principal_id = c.principal_id";

  private ChangeRow() {}

  /// The change that a row holds.
  public static Change read(ResultSet row, ScopeName scope) throws SQLException {
    try {
      return change(row, scope);
    } catch (IllegalArgumentException | IllegalStateException | NoSuchElementException damaged) {
      throw new StoreFailure(
          StoreFailure.Kind.CORRUPT,
          "the change " + row.getLong(1) + " of " + scope + " cannot be read; restore a backup",
          damaged);
    }
  }

  private static Change change(ResultSet row, ScopeName scope) throws SQLException {
    long id = row.getLong(1);
    PrincipalId author = new PrincipalId(row.getString(10));
    EntityKey entity =
        new EntityKey(scope, new ModelName(row.getString(3)), new EntityId(row.getString(4)));
    return new Change(
        id,
        row.getLong(2),
        entity,
        Action.ofWord(row.getString(5)).orElseThrow(),
        row.getLong(6),
        StoredJson.orNull(row.getString(7), () -> "the change " + id + " of " + scope),
        bytes(row.getBytes(8)),
        new WriteKey(OwnName.key(row.getString(9), entity.id().text())),
        author,
        new Cause(device(row.getString(11), author), row.getLong(12), row.getLong(13)),
        row.getLong(14),
        row.getLong(15),
        proof(row.getBytes(16), entity.id().text(), () -> "the change " + id + " of " + scope),
        row.getString(17),
        row.getLong(18),
        row.getLong(19) != 0);
  }

  /// What stands in the column `device`: nothing for the device that every principal has.
  public static @Nullable String device(Change change) {
    DeviceId device = change.cause().device();
    return device.equals(DeviceId.assignedTo(change.author())) ? null : device.text();
  }

  private static DeviceId device(@Nullable String text, PrincipalId author) {
    return text == null ? DeviceId.assignedTo(author) : new DeviceId(text);
  }

  private static @Nullable Bytes proof(
      byte @Nullable [] stored, String name, Supplier<String> row) {
    return stored == null ? null : StoredProof.unpack(stored, name, row);
  }

  static @Nullable Bytes bytes(byte @Nullable [] bytes) {
    return bytes == null ? null : Bytes.of(bytes);
  }
}
