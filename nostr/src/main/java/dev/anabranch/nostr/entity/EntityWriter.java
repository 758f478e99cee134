package dev.anabranch.nostr.entity;

import dev.anabranch.nostr.entity.Entity.Naddr;
import dev.anabranch.nostr.entity.Entity.Nevent;
import dev.anabranch.nostr.entity.Entity.Note;
import dev.anabranch.nostr.entity.Entity.Nprofile;
import dev.anabranch.nostr.entity.Entity.Npub;
import dev.anabranch.nostr.entity.Entity.Nsec;
import dev.anabranch.nostr.key.PublicKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes what people copy.
final class EntityWriter {

  static final int SPECIAL = 0;
  static final int RELAY = 1;
  static final int AUTHOR = 2;
  static final int KIND = 3;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private EntityWriter() {}

  static String write(Entity entity) {
    return bech32(entity).text();
  }

  private static Bech32 bech32(Entity entity) {
    return switch (entity) {
      case Npub npub -> new Bech32("npub", npub.key().bytes());
      case Nsec nsec -> new Bech32("nsec", nsec.key().secretBytes());
      case Note note -> new Bech32("note", note.id().bytes());
      case Nprofile profile ->
          new Bech32(
              "nprofile", new EntityWriter().head(profile.key().bytes(), profile.relays()).bytes());
      case Nevent event -> new Bech32("nevent", event(event));
      case Naddr address -> new Bech32("naddr", address(address));
    };
  }

  private static byte[] event(Nevent event) {
    EntityWriter writer = new EntityWriter().head(event.id().bytes(), event.relays());
    PublicKey author = event.author();
    if (author != null) {
      writer.part(AUTHOR, author.bytes());
    }
    event.kind().ifPresent(writer::kind);
    return writer.bytes();
  }

  private static byte[] address(Naddr pointer) {
    EntityWriter writer =
        new EntityWriter()
            .head(
                pointer.address().identifier().getBytes(StandardCharsets.UTF_8), pointer.relays());
    writer.part(AUTHOR, pointer.address().author().bytes());
    writer.kind(pointer.address().kind());
    return writer.bytes();
  }

  private EntityWriter head(byte[] special, List<String> relays) {
    part(SPECIAL, special);
    relays.forEach(relay -> part(RELAY, relay.getBytes(StandardCharsets.US_ASCII)));
    return this;
  }

  private void kind(int kind) {
    part(KIND, ByteBuffer.allocate(4).putInt(kind).array());
  }

  private void part(int type, byte[] value) {
    if (value.length > 255) {
      throw new IllegalArgumentException("a part of " + value.length + " bytes");
    }
    out.write(type);
    out.write(value.length);
    out.write(value, 0, value.length);
  }

  private byte[] bytes() {
    return out.toByteArray();
  }
}
