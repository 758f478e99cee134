package dev.anabranch.nostr.wrap;

import dev.anabranch.nostr.encryption.ConversationKey;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.EventReader;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.rule.Kinds;
import dev.anabranch.nostr.text.JsonReader;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;

/// Wraps an event for one reader and opens it again.
///
/// The rumour is what is said, unsigned. The seal is signed by its author and holds the rumour
/// encrypted. The wrap is signed by a key for once and holds the seal encrypted. The times of seal
/// and wrap are moved into the past by chance, up to two days.
public final class GiftWrap {

  private static final long PAST_SECONDS_MAX = 2 * 24 * 60 * 60;

  private GiftWrap() {}

  /// Wraps a rumour of kind 1059.
  ///
  /// @param rumour of the sender; nobody opens a wrap of another's
  /// @param random strong, unless it is for a test
  public static Event wrap(
      UnsignedEvent rumour,
      SecretKey sender,
      PublicKey reader,
      long nowSeconds,
      RandomGenerator random) {
    return wrap(Kinds.GIFT_WRAP, rumour, sender, reader, nowSeconds, random);
  }

  /// Wraps a rumour for those only who are connected now, kind 21059.
  ///
  /// @param random strong, unless it is for a test
  public static Event wrapEphemeral(
      UnsignedEvent rumour,
      SecretKey sender,
      PublicKey reader,
      long nowSeconds,
      RandomGenerator random) {
    return wrap(Kinds.EPHEMERAL_GIFT_WRAP, rumour, sender, reader, nowSeconds, random);
  }

  private static Event wrap(
      int kind,
      UnsignedEvent rumour,
      SecretKey sender,
      PublicKey reader,
      long nowSeconds,
      RandomGenerator random) {
    if (!rumour.author().equals(sender.publicKey())) {
      throw new IllegalArgumentException(
          "the rumour is by " + rumour.author() + ", the key another's");
    }
    Event seal = sealed(Kinds.SEAL, rumour.json(), sender, reader, List.of(), nowSeconds, random);
    SecretKey once = SecretKey.generate(random);
    List<Tag> tags = List.of(Tag.of("p", reader.hex()));
    return sealed(kind, seal.json(), once, reader, tags, nowSeconds, random);
  }

  private static Event sealed(
      int kind,
      String json,
      SecretKey signer,
      PublicKey reader,
      List<Tag> tags,
      long nowSeconds,
      RandomGenerator random) {
    String content = ConversationKey.between(signer, reader).encrypt(json, random);
    long at = Math.max(0, nowSeconds - random.nextLong(PAST_SECONDS_MAX + 1));
    byte[] auxiliary = new byte[32];
    random.nextBytes(auxiliary);
    return new UnsignedEvent(signer.publicKey(), at, kind, tags, content).sign(signer, auxiliary);
  }

  /// The rumour of a wrap, its author proved by the seal's signature.
  ///
  /// @param verified the wrap
  public static Parsed<UnsignedEvent> open(VerifiedEvent verified, SecretKey reader) {
    return Parsed.of(() -> {
      Event wrap = verified.event();
      if (wrap.kind() != Kinds.GIFT_WRAP && wrap.kind() != Kinds.EPHEMERAL_GIFT_WRAP) {
        throw new MalformedText("an event of kind " + wrap.kind() + " is no gift wrap");
      }
      Event seal = seal(decrypted(wrap, reader));
      UnsignedEvent rumour = rumour(decrypted(seal, reader));
      if (!rumour.author().equals(seal.author())) {
        throw new MalformedText("the seal is signed by another than the rumour's author");
      }
      return rumour;
    });
  }

  private static byte[] decrypted(Event event, SecretKey reader) {
    return switch (ConversationKey.between(reader, event.author()).decrypt(event.content())) {
      case Parsed.Value<String>(String json) -> json.getBytes(StandardCharsets.UTF_8);
      case Parsed.Malformed<String>(String detail) -> throw new MalformedText(detail);
    };
  }

  private static Event seal(byte[] json) {
    JsonReader reader = new JsonReader(json);
    Event seal = EventReader.read(reader, EventLimits.NONE);
    reader.expectEnd();
    if (seal.kind() != Kinds.SEAL || !seal.tags().isEmpty()) {
      throw new MalformedText("the wrap holds no seal: kind 13 without tags");
    }
    if (!(Verification.of(seal) instanceof Verification.Verified)) {
      throw new MalformedText("the seal is not signed by its author");
    }
    return seal;
  }

  private static UnsignedEvent rumour(byte[] json) {
    JsonReader reader = new JsonReader(json);
    UnsignedEvent rumour = EventReader.readUnsigned(reader, EventLimits.NONE);
    reader.expectEnd();
    return rumour;
  }
}
