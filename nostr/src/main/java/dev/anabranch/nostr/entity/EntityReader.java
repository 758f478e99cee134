package dev.anabranch.nostr.entity;

import dev.anabranch.nostr.entity.Entity.Naddr;
import dev.anabranch.nostr.entity.Entity.Nevent;
import dev.anabranch.nostr.entity.Entity.Note;
import dev.anabranch.nostr.entity.Entity.Nprofile;
import dev.anabranch.nostr.entity.Entity.Npub;
import dev.anabranch.nostr.entity.Entity.Nsec;
import dev.anabranch.nostr.event.Address;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.event.KindClass;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.MalformedText;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// Reads what people pasted; parts of later times are read over.
final class EntityReader {

  private byte @Nullable [] special;
  private @Nullable PublicKey author;
  private OptionalInt kind = OptionalInt.empty();
  private final List<String> relays = new ArrayList<>();

  private EntityReader() {}

  static Entity read(String text) {
    Bech32 decoded = Bech32.parse(text);
    byte[] bytes = decoded.bytes();
    return switch (decoded.word()) {
      case "npub" -> new Npub(PublicKey.of(whole(bytes)));
      case "nsec" -> new Nsec(SecretKey.of(whole(bytes)));
      case "note" -> new Note(EventId.of(whole(bytes)));
      case "nprofile" -> new EntityReader().parts(bytes).profile();
      case "nevent" -> new EntityReader().parts(bytes).event();
      case "naddr" -> new EntityReader().parts(bytes).address();
      default -> throw new MalformedText("a kind of text that is not known here");
    };
  }

  private static byte[] whole(byte[] bytes) {
    if (bytes.length != 32) {
      throw new MalformedText("32 bytes are expected, not " + bytes.length);
    }
    return bytes;
  }

  private EntityReader parts(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.remaining() >= 2) {
      int type = in.get() & 0xff;
      int length = in.get() & 0xff;
      if (length > in.remaining()) {
        throw new MalformedText("a part is longer than the text");
      }
      byte[] value = new byte[length];
      in.get(value);
      part(type, value);
    }
    return this;
  }

  private void part(int type, byte[] value) {
    switch (type) {
      case EntityWriter.SPECIAL -> special = special == null ? value : special;
      case EntityWriter.RELAY -> relays.add(new String(value, StandardCharsets.US_ASCII));
      case EntityWriter.AUTHOR -> author = PublicKey.of(whole(value));
      case EntityWriter.KIND -> kind = OptionalInt.of(kind(value));
      default -> {}
    }
  }

  private static int kind(byte[] value) {
    int kind = value.length == 4 ? ByteBuffer.wrap(value).getInt() : -1;
    if (kind < 0 || kind > KindClass.KIND_MAX) {
      throw new MalformedText("a kind is from 0 to " + KindClass.KIND_MAX);
    }
    return kind;
  }

  private byte[] special() {
    byte[] found = special;
    if (found == null) {
      throw new MalformedText("the part that names the thing is missing");
    }
    return found;
  }

  private Entity profile() {
    return new Nprofile(PublicKey.of(whole(special())), relays);
  }

  private Entity event() {
    return new Nevent(EventId.of(whole(special())), relays, author, kind);
  }

  private Entity address() {
    PublicKey found = author;
    if (found == null || kind.isEmpty() || !KindClass.of(kind.getAsInt()).keepsNewest()) {
      throw new MalformedText("an address has an author and a replaceable or addressable kind");
    }
    String identifier = new String(special(), StandardCharsets.UTF_8);
    if (!identifier.isEmpty() && KindClass.of(kind.getAsInt()) != KindClass.ADDRESSABLE) {
      throw new MalformedText("the address of a replaceable kind has no identifier");
    }
    return new Naddr(new Address(kind.getAsInt(), found, identifier), relays);
  }
}
