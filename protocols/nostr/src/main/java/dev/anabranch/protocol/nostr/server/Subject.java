package dev.anabranch.protocol.nostr.server;

import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.key.PublicKey;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
    /// A setting of the configuration, by its name ([PolicySettings]). Its value is the standing's.
    SETTING,
    /// An invitation that was used (NIP-43): until when it is good, a line, digits.
    INVITE,
    /// A proof of a request that was used ahead of its time (NIP-98), in the same way.
    PROOF;

    private String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private static final Pattern UNTIL = Pattern.compile("(?<until>[0-9]{1,18})-[0-9a-f]+");

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

  static Subject ofSetting(String name) {
    return new Subject(Sort.SETTING, name);
  }

  static Subject ofProof(EventId id, long untilSeconds) {
    return new Subject(Sort.PROOF, untilSeconds + "-" + id.hex());
  }

  /// Whether it is about something that was used up, and is of no use by itself any more: then
  /// nothing needs to be remembered of it.
  boolean isOutdated(long nowSeconds) {
    if (sort != Sort.INVITE && sort != Sort.PROOF) {
      return false;
    }
    Matcher until = UNTIL.matcher(name);
    return !until.matches() || Long.parseLong(until.group("until")) < nowSeconds;
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
