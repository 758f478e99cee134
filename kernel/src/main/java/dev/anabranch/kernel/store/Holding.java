package dev.anabranch.kernel.store;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.kernel.json.Utf8;
import dev.anabranch.kernel.log.Action;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.log.Change;
import org.jspecify.annotations.Nullable;

/// What somebody has in the log: changes that say something, and how much they say.
///
/// A delete holds nothing, so that nobody is too full to make room; nor does what was erased, nor
/// what the floor was raised over. It may be a difference, and then below zero.
///
/// @param changes retained, neither erased nor deletes
/// @param bytes of their data as JSON in UTF-8, their bodies and their proofs
public record Holding(long changes, long bytes) {

  /// Nobody wrote, or nothing is left of it.
  public static final Holding NOTHING = new Holding(0, 0);

  /// What one change adds to its author's.
  public static Holding of(Change change) {
    if (change.erased() || change.action() == Action.DELETE) {
      return NOTHING;
    }
    JsonObject data = change.data();
    long text = data == null ? 0 : Utf8.length(data.text());
    return new Holding(1, text + size(change.body()) + size(change.proof()));
  }

  private static long size(@Nullable Bytes bytes) {
    return bytes == null ? 0 : bytes.size();
  }

  /// Both together.
  public Holding plus(Holding other) {
    return new Holding(changes + other.changes, bytes + other.bytes);
  }

  /// This one without another.
  public Holding minus(Holding other) {
    return new Holding(changes - other.changes, bytes - other.bytes);
  }
}
