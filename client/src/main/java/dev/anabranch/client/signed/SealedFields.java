package dev.anabranch.client.signed;

import dev.anabranch.client.replica.ReadableJson;
import dev.anabranch.json.Decoded;
import dev.anabranch.json.JsonDecoder;
import dev.anabranch.json.JsonLimits;
import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.encryption.ConversationKey;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import dev.anabranch.protocol.signed.wire.KeyText;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// End-to-end encrypted fields: the server keeps and versions them and cannot read them.
///
/// `{"sealed": {"by": key, "text": payload, "keys": {reader: payload}}}`. The fields are encrypted
/// once, with a key of their own; that key is encrypted to each reader, the writer included
/// (NIP-44, version 2). Who may *fetch* the ciphertext is the sharing's matter; taking a reader
/// away means sealing anew.
public final class SealedFields {

  /// The field that holds it all.
  public static final String FIELD = "sealed";

  /// The most readers of one sealing.
  public static final int READERS_MAX = 200;

  private SealedFields() {}

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
    return JsonObject.of(
        FIELD, JsonObject.EMPTY.with("by", self.hex()).with("text", text).with("keys", keys));
  }

  /// The fields, if they are sealed, to this reader, and nobody changed them.
  public static Optional<JsonObject> open(JsonObject data, SecretKey reader) {
    if (!(data.get(FIELD) instanceof JsonObject sealed)
        || !(sealed.get("keys") instanceof JsonObject keys)) {
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
