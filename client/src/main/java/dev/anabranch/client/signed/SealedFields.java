package dev.anabranch.client.signed;

import dev.anabranch.client.replica.EntityView;
import dev.anabranch.client.replica.ReadableJson;
import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.JsonNumber;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.encryption.ConversationKey;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import dev.anabranch.protocol.signed.wire.KeyText;
import dev.anabranch.protocol.signed.wire.Signing;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// End-to-end encrypted fields: the server keeps and versions them and cannot read them.
///
/// `{"sealed": {"version": 2, "by": key, "text": payload, "keys": {reader: payload}, "signature":
/// digits}}`. The fields are encrypted once, with a key of their own; that key is encrypted to each
/// reader, the writer included (NIP-44, version 2). Every reader has it, therefore, and could make
/// another text with it: `by` signs all the rest (BIP-340 over SHA-256 of the canonical JSON
/// without `signature`, with `"type": "sealed"`), so that nobody can and still appear as the
/// writer. It says nothing of where it stands or when: whoever may write can put one that was
/// sealed before in its place again, or in another.
///
/// What was sealed without `version`, by programs of before, is not signed: of it nobody knows
/// which of its readers wrote the text.
///
/// Who may *fetch* the ciphertext is the sharing's matter; taking a reader away means sealing anew.
public final class SealedFields {

  /// The field that holds it all.
  public static final String FIELD = "sealed";

  /// The most readers of one sealing.
  public static final int READERS_MAX = 200;

  private static final long VERSION = 2;

  private SealedFields() {}

  /// What was sealed.
  ///
  /// @param fields as they were
  /// @param writer who claims to have sealed them
  /// @param isProven whether the writer signed just these; false = any of their readers may have
  ///   replaced them
  public record Opened(JsonObject fields, PublicKey writer, boolean isProven) {

    public Opened {
      Objects.requireNonNull(fields, "fields");
      Objects.requireNonNull(writer, "writer");
    }
  }

  /// The keys of those who may read, as a chat's sharing says: a principal is its first key, and
  /// one whose name is no key has none.
  ///
  /// @param sharing as [SignedEntityClient#sharing] tells it
  public static Set<PublicKey> readers(List<EntityView> sharing) {
    return sharing.stream()
        .filter(
            each -> each.data().string("right").filter(right -> !right.equals("none")).isPresent())
        .map(each -> each.key().id().text())
        .filter(name -> Hex.isLower(name, 64))
        .map(PublicKey::new)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// Fields that only these readers, and the writer, can open.
  ///
  /// @param random strong
  /// @throws IllegalArgumentException when there are too many readers, or no reader could read them
  public static JsonObject seal(
      JsonObject fields, SecretKey writer, Set<PublicKey> readers, RandomGenerator random) {
    if (readers.size() > READERS_MAX) {
      throw new IllegalArgumentException(readers.size() + " readers; at most " + READERS_MAX);
    }
    ReadableJson.check("what is to be sealed", fields);
    SecretKey own = SecretKey.generate(random);
    String text = ConversationKey.between(own, own.publicKey()).encrypt(fields.text(), random);
    String secret = Hex.of(own.secretBytes());
    JsonObject keys = JsonObject.EMPTY;
    for (PublicKey reader : readers) {
      keys =
          keys.with(reader.hex(), ConversationKey.between(writer, reader).encrypt(secret, random));
    }
    PublicKey self = writer.publicKey();
    keys = keys.with(self.hex(), ConversationKey.between(writer, self).encrypt(secret, random));
    JsonObject sealed =
        JsonObject.EMPTY
            .with("version", VERSION)
            .with("by", self.hex())
            .with("text", text)
            .with("keys", keys);
    String signature = writer.sign(digest(sealed)).hex();
    return JsonObject.of(FIELD, sealed.with(Signing.SIGNATURE, signature));
  }

  private static byte[] digest(JsonObject sealed) {
    return Signing.digest(sealed.without(Signing.SIGNATURE).with("type", FIELD));
  }

  /// The fields, if they are sealed to this reader, and just so signed by their writer.
  public static Optional<JsonObject> open(JsonObject data, SecretKey reader) {
    return unseal(data, reader).filter(Opened::isProven).map(Opened::fields);
  }

  /// The fields, if they are sealed to this reader; also those that were sealed before writers
  /// signed ([Opened#isProven]). What claims to be signed and is not just so is not opened.
  public static Optional<Opened> unseal(JsonObject data, SecretKey reader) {
    if (!(data.get(FIELD) instanceof JsonObject sealed)) {
      return Optional.empty();
    }
    boolean isSigned = sealed.get("version") != null || sealed.get(Signing.SIGNATURE) != null;
    return sealed
        .string("by")
        .flatMap(KeyText::parse)
        .filter(writer -> !isSigned || isBy(writer, sealed))
        .flatMap(writer ->
            decrypted(sealed, reader).map(fields -> new Opened(fields, writer, isSigned)));
  }

  private static boolean isBy(PublicKey writer, JsonObject sealed) {
    return JsonNumber.of(VERSION).equals(sealed.get("version"))
        && sealed
            .string(Signing.SIGNATURE)
            .filter(digits -> Hex.isLower(digits, 128))
            .filter(digits -> new Signature(digits).isBy(writer, digest(sealed)))
            .isPresent();
  }

  private static Optional<JsonObject> decrypted(JsonObject sealed, SecretKey reader) {
    if (!(sealed.get("keys") instanceof JsonObject keys)) {
      return Optional.empty();
    }
    Optional<PublicKey> by = sealed.string("by").flatMap(KeyText::parse);
    Optional<String> wrapped = keys.string(reader.publicKey().hex());
    Optional<String> text = sealed.string("text");
    if (by.isEmpty() || wrapped.isEmpty() || text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return opened(ConversationKey.between(reader, by.get()).decrypt(wrapped.get()))
          .map(SecretKey::parse)
          .flatMap(own -> opened(ConversationKey.between(own, own.publicKey()).decrypt(text.get())))
          .flatMap(SealedFields::object);
    } catch (MalformedText notAKey) {
      return Optional.empty();
    }
  }

  private static Optional<String> opened(Parsed<String> text) {
    return switch (text) {
      case Parsed.Value<String>(String value) -> Optional.of(value);
      case Parsed.Malformed<String> ignored -> Optional.empty();
    };
  }

  private static Optional<JsonObject> object(String text) {
    return new JsonDecoder(JsonLimits.PUSH).decode(text) instanceof Decoded.Value(JsonObject fields)
        ? Optional.of(fields)
        : Optional.empty();
  }
}
