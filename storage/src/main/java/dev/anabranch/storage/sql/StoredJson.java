package dev.anabranch.storage.sql;

import dev.anabranch.json.JsonDecoder;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.store.StoreFailure;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// JSON of a row, which most readers only hand on: it is parsed when a field is first asked for.
final class StoredJson {

  private StoredJson() {}

  /// The object that a column holds.
  ///
  /// @param row names the row to whoever asks for a field of a damaged one, by a [StoreFailure]
  static JsonObject of(String text, Supplier<String> row) {
    return JsonObject.parsedLater(text, later -> parsed(later, row));
  }

  /// The same, or null for nothing.
  static @Nullable JsonObject orNull(@Nullable String text, Supplier<String> row) {
    return text == null ? null : of(text, row);
  }

  private static JsonObject parsed(String text, Supplier<String> row) {
    try {
      return JsonDecoder.stored(text);
    } catch (IllegalStateException damaged) {
      throw new StoreFailure(
          StoreFailure.Kind.CORRUPT, row.get() + " cannot be read; restore a backup", damaged);
    }
  }
}
