package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.key.PublicKey;
import java.util.Objects;
import java.util.Optional;

/// What a decision is about.
///
/// @param sort what it is
/// @param name which one, in its one spelling
record Subject(Sort sort, String name) {

  /// What can be decided about.
  enum Sort {
    /// A public key, 64 hexadecimal digits.
    PUBKEY,
    /// An event's id, 64 hexadecimal digits.
    EVENT,
    /// A kind, a number.
    KIND,
    /// An address or a range of them.
    IP,
    /// What the relay says of itself: `name`, `description`, `icon`. Its reason is the text.
    TEXT,
    /// An invitation that was used (NIP-43).
    INVITE;

    private String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  Subject {
    Objects.requireNonNull(sort, "sort");
    Objects.requireNonNull(name, "name");
  }

  static Subject of(PublicKey key) {
    return new Subject(Sort.PUBKEY, key.hex());
  }

  static Subject of(EventId id) {
    return new Subject(Sort.EVENT, id.hex());
  }

  static Subject ofKind(int kind) {
    return new Subject(Sort.KIND, Integer.toString(kind));
  }

  static Subject of(AddressRange range) {
    return new Subject(Sort.IP, range.text());
  }

  static Subject ofText(String name) {
    return new Subject(Sort.TEXT, name);
  }

  /// As an entity's id.
  String text() {
    return sort.text() + ":" + name;
  }

  static Optional<Subject> parse(String text) {
    for (Sort sort : Sort.values()) {
      if (text.startsWith(sort.text() + ":")) {
        return Optional.of(new Subject(sort, text.substring(sort.text().length() + 1)));
      }
    }
    return Optional.empty();
  }
}
