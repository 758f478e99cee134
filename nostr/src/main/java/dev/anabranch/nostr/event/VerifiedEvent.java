package dev.anabranch.nostr.event;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An event whose id and signature are right; it comes only out of the verifier or the store.
public final class VerifiedEvent {

  private final Event event;

  private VerifiedEvent(Event event) {
    this.event = Objects.requireNonNull(event);
  }

  static VerifiedEvent of(Event event) {
    return new VerifiedEvent(event);
  }

  /// An event that was verified before it was stored.
  public static VerifiedEvent fromStore(Event event) {
    return new VerifiedEvent(event);
  }

  public Event event() {
    return event;
  }

  public EventId id() {
    return event.id();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VerifiedEvent verified && verified.event.equals(event);
  }

  @Override
  public int hashCode() {
    return event.id().hashCode();
  }

  @Override
  public String toString() {
    return "verified event " + event.id();
  }
}
