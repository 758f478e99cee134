package dev.anabranch.protocol.nostr.server;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One subject and what it is from now on.
///
/// @param subject what is decided about
/// @param standing what holds for it; null = nothing does, and it is forgotten
record Decision(Subject subject, @Nullable Standing standing) {

  Decision {
    Objects.requireNonNull(subject, "subject");
  }

  /// Whether it is so already.
  boolean isKnownTo(Moderation moderation) {
    return Objects.equals(standing, moderation.standings().get(subject));
  }
}
