package dev.anabranch.protocol.nostr.server;

import dev.anabranch.kernel.check.OriginalCheck;
import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.text.Parsed;
import java.util.Optional;

/// Finds originals of events that are no longer what their authors signed: id first, then the
/// signature, as when they came.
public final class EventOriginals implements OriginalCheck {

  @Override
  public Optional<String> fault(Bytes proof) {
    return switch (Event.parse(proof.toArray(), EventLimits.NONE)) {
      case Parsed.Value<Event>(Event event) -> fault(event);
      case Parsed.Malformed<Event>(String detail) -> Optional.of("is no event: " + detail);
    };
  }

  private static Optional<String> fault(Event event) {
    return switch (Verification.of(event)) {
      case Verification.Verified ignored -> Optional.empty();
      case Verification.WrongId ignored ->
          Optional.of(
              "is not what was signed: the event " + event.id().hex() + " says other words");
      case Verification.WrongSignature ignored ->
          Optional.of("does not bear its author's signature: the event " + event.id().hex());
    };
  }
}
