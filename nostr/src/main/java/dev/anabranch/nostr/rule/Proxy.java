package dev.anabranch.nostr.rule;

import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import java.util.Objects;
import java.util.Optional;

/// Where an event comes from that was not born on Nostr (NIP-48).
///
/// @param id of the source, unique whatever the protocol
/// @param protocol its name, such as `web`
public record Proxy(String id, String protocol) {

  public Proxy {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(protocol, "protocol");
    if (id.isEmpty() || protocol.isEmpty()) {
      throw new IllegalArgumentException("a proxy has an id and a protocol");
    }
  }

  /// Where an event comes from, if it says so.
  public static Optional<Proxy> of(Event event) {
    return event
        .tag("proxy")
        .filter(tag -> !tag.at(1).isEmpty() && !tag.at(2).isEmpty())
        .map(tag -> new Proxy(tag.at(1), tag.at(2)));
  }

  /// As it stands in the event.
  public Tag tag() {
    return Tag.of("proxy", id, protocol);
  }
}
