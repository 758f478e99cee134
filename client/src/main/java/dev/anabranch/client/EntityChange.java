package dev.anabranch.client;

import dev.anabranch.client.replica.EntityView;
import dev.anabranch.kernel.log.EntityKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An entity that looks different now, by whoever's hand.
///
/// @param key its name
/// @param before how it looked; null = it was not there
/// @param after how it looks; null = it is gone
public record EntityChange(EntityKey key, @Nullable EntityView before, @Nullable EntityView after) {

  public EntityChange {
    Objects.requireNonNull(key, "key");
  }

  /// Its id within scope and model.
  public String id() {
    return key.id().text();
  }

  /// The name of its model.
  public String model() {
    return key.model().text();
  }

  /// Whether it is gone.
  public boolean isRemoval() {
    return after == null;
  }

  @Override
  public String toString() {
    return model() + " " + id() + (after == null ? " is gone" : " " + after.data());
  }
}
