package dev.anabranch.server.operations;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Whether the server is stopping, and why; whether the database answers is asked of it.
public final class Readiness {

  private final AtomicReference<@Nullable String> reason = new AtomicReference<>();

  /// Not ready from now on.
  public void stopping(String why) {
    reason.set(why);
  }

  /// Why it is not ready; empty when it may be.
  public Optional<String> stopping() {
    return Optional.ofNullable(reason.get());
  }
}
