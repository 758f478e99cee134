package dev.anabranch.nostr.seed;

import java.util.Objects;
import java.util.Optional;

/// What reading an event as the seeds mean it gives.
public sealed interface SeedReading {

  /// An event and nothing else.
  SeedReading ORDINARY = new Ordinary();

  /// It says this of an entity.
  record Said(SeedEntity what) implements SeedReading {

    public Said {
      Objects.requireNonNull(what, "what");
    }
  }

  /// It is of another kind or of another client's shape, or a copy of something that was not born
  /// on Nostr (NIP-48).
  record Ordinary() implements SeedReading {}

  /// It means an entity and misses the shape: nothing that a chat holds may pass for an event that
  /// everybody reads.
  ///
  /// @param detail what is wrong, for the one who sent it
  record Malformed(String detail) implements SeedReading {

    public Malformed {
      Objects.requireNonNull(detail, "detail");
    }
  }

  /// What it says of an entity, if it does.
  default Optional<SeedEntity> entity() {
    return this instanceof Said(SeedEntity what) ? Optional.of(what) : Optional.empty();
  }
}
