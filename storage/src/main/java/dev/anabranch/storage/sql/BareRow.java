package dev.anabranch.storage.sql;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// A row of the table `entity` that leaves to the entity's only change whatever that says too
/// (decision 0095). Its data is empty, which no JSON is, and its times are 0.
public final class BareRow {

  /// The rule's state of a bare entity, over its change `its`.
  private static final String STATE = "'{\"hlc\":' || its.hlc || ',\"key\":@}'";

  private static final String WRITE_OUT =
      "update entity as e set data = %s, rule_state = %s, created_at = %s, updated_at = %s where"
              .formatted(data(), state(), time("created_at"), time("updated_at"))
          + " data = '' and ";
  private static final String WRITE_OUT_ONE =
      WRITE_OUT + "scope_id = ? and model = ? and entity = ?";

  /// Writes out what a range of changes says, before they go.
  public static final String WRITE_OUT_RANGE =
      WRITE_OUT
          + "(scope_id, model, entity) in (select c.scope_id, c.model, c.entity from change c where"
          + " c.scope_id = ? and c.seq > ? and c.seq <= ?)";

  private BareRow() {}

  /// What the column `data` of the table `e` means.
  static String data() {
    return column("data", "its.data");
  }

  /// What the column `rule_state` means.
  static String state() {
    return column("rule_state", STATE);
  }

  /// What the columns `created_at` and `updated_at` mean.
  static String time(String name) {
    return column(name, "its.at");
  }

  private static String column(String name, String ofChange) {
    // Data may be large: it is looked at where the time says so.
    return "case when e.updated_at = 0 and e.data = '' then (select "
        + ofChange
        + " from change its where its.id = e.id) else e."
        + name
        + " end";
  }

  /// Whether a change says everything about an entity that it made.
  public static boolean isEnough(Entity entity, Change change) {
    return entity.version() == 1
        && entity.id() == change.id()
        && !entity.deleted()
        && entity.body() == null
        && entity.createdAt() == change.at()
        && entity.updatedAt() == change.at()
        && entity.data().equals(change.data())
        && isStateOf(entity.ruleState(), change);
  }

  private static boolean isStateOf(@Nullable JsonObject state, Change change) {
    return ("{\"hlc\":" + change.hlc() + ",\"key\":@}")
        .equals(OwnName.withoutIn(state, change.entity().id()));
  }

  /// Writes out what the change of a bare entity says, before that is blanked.
  static void writeOut(Session session, long scopeId, EntityKey entity) throws SQLException {
    session.change(WRITE_OUT_ONE, scopeId, entity.model().text(), entity.id().text());
  }

  /// The same for all changes of a scope in a range, before they go.
  static void writeOut(Session session, long scopeId, long afterSeq, long toSeq)
      throws SQLException {
    session.change(WRITE_OUT_RANGE, scopeId, afterSeq, toSeq);
  }
}
