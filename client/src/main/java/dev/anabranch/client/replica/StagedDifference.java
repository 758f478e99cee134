package dev.anabranch.client.replica;

import dev.anabranch.kernel.log.EntityKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An entity that a staged snapshot would make, change or remove.
///
/// @param key its name
/// @param known as it is known; null = it does not live
/// @param staged as the snapshot has it; null = it does not live there
public record StagedDifference(
    EntityKey key, @Nullable KnownEntity known, @Nullable KnownEntity staged) {

  public StagedDifference {
    Objects.requireNonNull(key, "key");
  }
}
