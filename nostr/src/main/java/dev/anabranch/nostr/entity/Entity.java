package dev.anabranch.nostr.entity;

import dev.anabranch.nostr.event.Address;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// What people copy and paste: `npub1…`, `nsec1…`, `note1…`, `nprofile1…`, `nevent1…`, `naddr1…`.
public sealed interface Entity {

  /// What a text means; `nostr:` before it is read over (NIP-21).
  static Parsed<Entity> parse(String text) {
    return Parsed.of(() -> EntityReader.read(text.startsWith("nostr:") ? text.substring(6) : text));
  }

  /// A key in either spelling, hexadecimal or `npub1…` or `nprofile1…`.
  ///
  /// @throws MalformedText when it is neither
  static PublicKey publicKey(String text) {
    if (Hex.isLower(text, 64)) {
      return new PublicKey(text);
    }
    return switch (parse(text)) {
      case Parsed.Value<Entity>(Npub(PublicKey key)) -> key;
      case Parsed.Value<Entity>(Nprofile(PublicKey key, List<String> relays)) -> key;
      case Parsed.Value<Entity> other ->
          throw new MalformedText("a public key is expected: 64 hexadecimal digits or npub1…");
      case Parsed.Malformed<Entity>(String detail) ->
          throw new MalformedText("not a public key: " + detail);
    };
  }

  /// As people copy and paste it.
  default String text() {
    return EntityWriter.write(this);
  }

  /// A public key.
  record Npub(PublicKey key) implements Entity {}

  /// A secret key; nobody but its owner may see the text.
  record Nsec(SecretKey key) implements Entity {}

  /// An event's id.
  record Note(EventId id) implements Entity {}

  /// A public key and where its owner writes.
  record Nprofile(PublicKey key, List<String> relays) implements Entity {

    public Nprofile {
      relays = List.copyOf(relays);
    }
  }

  /// An event and where to find it.
  ///
  /// @param author null: not said
  /// @param kind empty: not said
  record Nevent(EventId id, List<String> relays, @Nullable PublicKey author, OptionalInt kind)
      implements Entity {

    public Nevent {
      Objects.requireNonNull(id, "id");
      relays = List.copyOf(relays);
    }
  }

  /// An address and where to find what stands there.
  record Naddr(Address address, List<String> relays) implements Entity {

    public Naddr {
      relays = List.copyOf(relays);
    }
  }
}
