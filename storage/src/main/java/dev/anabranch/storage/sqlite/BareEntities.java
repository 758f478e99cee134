package dev.anabranch.storage.sqlite;

import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.Entity;
import dev.anabranch.kernel.log.EntityKey;
import dev.anabranch.kernel.mark.Marked;
import dev.anabranch.kernel.store.Effects;
import dev.anabranch.storage.sql.BareRow;
import dev.anabranch.storage.sql.BatchNames;
import dev.anabranch.storage.sql.OwnName;
import dev.anabranch.storage.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which entities of a batch get a bare row ([BareRow]): signed originals under their own name, all
/// of one model. Their keys stand in no index; the table of entities refuses a second one (K2).
///
/// @param model of all that are bare in the file, this batch included; null = there is none
/// @param ids of their changes in this batch
record BareEntities(@Nullable String model, Set<Long> ids) {

  private static final String KNOWN =
      "select count(*) from pragma_table_info('change') where name = 'bare'";
  private static final String UNNAMED =
      "select min(c.id) from change c where c.bare = 1 and not exists (select 1 from entity e where"
          + " e.scope_id = c.scope_id and e.model = c.model and e.entity = c.entity and e.id ="
          + " c.id)";

  private static final String UNSAID =
      "select min(e.id) from entity e where e.data = '' and not exists (select 1 from change c"
          + " where c.id = e.id)";

  static final BareEntities NONE = new BareEntities(null, Set.of());

  private static final String MODEL = "select bare_model from meta where one = 1";
  private static final String CHOOSE = "update meta set bare_model = ? where one = 1";

  static final String INDEXED =
      "select 1 from change c where c.scope_id = ? and c.principal_id = ? and "
          + OwnName.key("c")
          + " = ? and c.bare is null limit 1";
  static final String BARE =
      "select 1 from entity e cross join change c where e.scope_id = ? and e.model = ? and"
          + " e.entity = ? and c.id = e.id and c.bare = 1 and c.principal_id = ?";

  // What follows an entity's only change is not the only one: its key moves into the index.
  static final String MOVE_ON =
      "update change set bare = null where bare = 1 and id = (select e.id from entity e where"
          + " e.scope_id = ? and e.model = ? and e.entity = ?)";

  /// Asks nothing of the file for a batch in which nothing is called like an original.
  static BareEntities of(Session session, Effects effects) throws SQLException {
    if (effects.logged().stream().noneMatch(logged -> isNamed(logged.change()))) {
      return NONE;
    }
    String model = session.first(MODEL, row -> row.getString(1));
    Map<EntityKey, Entity> after = new HashMap<>();
    effects.entities().forEach(entity -> after.put(entity.key(), entity));
    Set<Long> ids = new HashSet<>();
    for (Marked marked : effects.marked()) {
      Change change = marked.change();
      Entity entity = after.get(change.entity());
      if (entity != null && isUnderOwnName(change) && BareRow.isEnough(entity, change)) {
        String its = change.entity().model().text();
        if (model == null) {
          session.change(CHOOSE, its);
          model = its;
        }
        if (its.equals(model)) {
          ids.add(change.id());
        }
      }
    }
    return new BareEntities(model, ids);
  }

  /// What is wrong in a file: a change that no entity's row names, so that its key is found
  /// nowhere, and a bare row whose change is gone.
  static List<String> damage(Session session) throws SQLException {
    if (id(session, KNOWN) == 0) {
      return List.of(); // a file of an earlier version has none
    }
    List<String> damage = new ArrayList<>();
    long unnamed = id(session, UNNAMED);
    if (unnamed > 0) {
      damage.add("no entity names the change " + unnamed + ", its only one");
    }
    long unsaid = id(session, UNSAID);
    if (unsaid > 0) {
      damage.add("the change " + unsaid + ", which says everything about its entity, is not there");
    }
    return damage;
  }

  private static long id(Session session, String query) throws SQLException {
    return Objects.requireNonNull(session.first(query, row -> row.getLong(1)));
  }

  private static boolean isNamed(Change change) {
    return OwnName.isName(change.key().text()) || OwnName.isName(change.entity().id().text());
  }

  private static boolean isUnderOwnName(Change change) {
    String key = change.key().text();
    return key.equals(change.entity().id().text()) && OwnName.isName(key);
  }

  /// Whether a change is its entity's only one and says everything about it.
  boolean has(long changeId) {
    return ids.contains(changeId);
  }

  /// Whether a key of a batch was used before, where no index says so: that of a bare entity for
  /// something else, or that of something else for a bare entity. A batch that looked its keys up
  /// finds nothing here.
  boolean isAnyUsed(Session session, Effects effects, BatchNames names) throws SQLException {
    if (model == null) {
      return false;
    }
    for (Effects.Logged logged : effects.logged()) {
      Change change = logged.change();
      String key = change.key().text();
      if (OwnName.isName(key)) {
        long scopeId = names.id(change.scope());
        long principalId = names.id(change.author());
        boolean isUsed =
            has(change.id())
                ? isThere(session.bind(INDEXED, scopeId, principalId, key))
                : isThere(session.bind(BARE, scopeId, model, key, principalId));
        if (isUsed) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isThere(PreparedStatement select) throws SQLException {
    try (ResultSet row = select.executeQuery()) {
      return row.next();
    }
  }

  /// Has the keys of entities that are written again stand in the index.
  void moveOn(Session session, List<Entity> again, BatchNames names) throws SQLException {
    for (Entity entity : again) {
      EntityKey key = entity.key();
      if (key.model().text().equals(model)
          && OwnName.isName(key.id().text())
          && !has(entity.id())) {
        session.change(MOVE_ON, names.id(key.scope()), key.model().text(), key.id().text());
      }
    }
  }
}
