package dev.anabranch.storage.sql;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Change;
import dev.anabranch.kernel.log.EntityId;
import org.jspecify.annotations.Nullable;

/// An entity's id where its row would say it again (decision 0093): a Nostr event's is the key of
/// its write too, and part of what its rule remembers.
public final class OwnName {

  /// The key of a change, as the index of keys has it, of a table or its alias: no key is empty.
  public static String key(String table) {
    return "case %s.write_key when '' then %s.entity else %s.write_key end"
        .formatted(table, table, table);
  }

  /// The end of a rule's state that ends with the id: no JSON ends like that.
  private static final String END = ":@}";

  private static final int NAME_DIGITS = 64;

  private OwnName() {}

  /// What the column `write_key` holds.
  public static String keyOf(Change change) {
    String key = change.key().text();
    return key.equals(change.entity().id().text()) ? "" : key;
  }

  /// Whether a key looks like the name of a signed original: 64 lower-case hexadecimal digits.
  public static boolean isName(String key) {
    if (key.length() != NAME_DIGITS) {
      return false;
    }
    for (int at = 0; at < NAME_DIGITS; at++) { // no stream: each event is asked several times
      char one = key.charAt(at);
      if ((one < '0' || one > '9') && (one < 'a' || one > 'f')) {
        return false;
      }
    }
    return true;
  }

  /// The key that it holds.
  static String key(String stored, String entity) {
    return stored.isEmpty() ? entity : stored;
  }

  /// What the column `rule_state` holds.
  public static @Nullable String withoutIn(@Nullable JsonObject state, EntityId id) {
    if (state == null) {
      return null;
    }
    String text = state.text();
    String end = end(id);
    return text.endsWith(end) ? text.substring(0, text.length() - end.length()) + END : text;
  }

  /// The state that it holds.
  static @Nullable String inState(@Nullable String stored, EntityId id) {
    return stored != null && stored.endsWith(END)
        ? stored.substring(0, stored.length() - END.length()) + end(id)
        : stored;
  }

  // An id that JSON spells with escapes just is not found.
  private static String end(EntityId id) {
    return ":\"" + id.text() + "\"}";
  }
}
