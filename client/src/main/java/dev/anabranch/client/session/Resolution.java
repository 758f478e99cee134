package dev.anabranch.client.session;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.log.Action;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What to do about a [Conflict]; the conflict itself offers the usual ones.
public sealed interface Resolution {

  /// My write is given up.
  record KeepTheirs() implements Resolution {}

  /// A new write, under a new key and at the place of the old one, that expects the version which
  /// stands there now.
  ///
  /// @param action insert, update or delete
  /// @param data its fields; null for a delete
  record Rewrite(Action action, @Nullable JsonObject data) implements Resolution {
    public Rewrite {
      Objects.requireNonNull(action, "action");
    }
  }
}
