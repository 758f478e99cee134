package dev.anabranch.client.signed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.json.JsonObject;
import dev.anabranch.nostr.encryption.ConversationKey;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SealedFieldsTest {

  private final SplittableRandom random = new SplittableRandom(7);
  private final SecretKey writer = SecretKey.generate(random);
  private final SecretKey reader = SecretKey.generate(random);
  private final SecretKey stranger = SecretKey.generate(random);
  private final JsonObject fields =
      JsonObject.EMPTY.with("content", "nobody else reads größe 🌊").with("n", 7);

  private JsonObject sealed() {
    return SealedFields.seal(fields, writer, Set.of(reader.publicKey()), random);
  }

  @Test
  void theWriterAndTheReadersOpenItAndNobodyElse() {
    JsonObject sealed = sealed();
    assertThat(sealed.text()).doesNotContain("nobody else");
    assertThat(SealedFields.open(sealed, writer)).contains(fields);
    assertThat(SealedFields.open(sealed, reader)).contains(fields);
    assertThat(SealedFields.open(sealed, stranger)).isEmpty();
  }

  @Test
  void whatWasChangedOnTheWayIsNotOpened() {
    JsonObject sealed = sealed();
    JsonObject inside = (JsonObject) Objects.requireNonNull(sealed.get(SealedFields.FIELD));
    String text = inside.string("text").orElseThrow();
    String other = (text.charAt(60) == 'A' ? 'B' : 'A') + text.substring(61);
    JsonObject changed =
        JsonObject.of(SealedFields.FIELD, inside.with("text", text.substring(0, 60) + other));
    assertThat(SealedFields.open(changed, reader)).isEmpty();
    JsonObject byAnother =
        JsonObject.of(SealedFields.FIELD, inside.with("by", stranger.publicKey().hex()));
    assertThat(SealedFields.open(byAnother, reader)).isEmpty();
  }

  private static JsonObject inside(JsonObject sealed) {
    return (JsonObject) Objects.requireNonNull(sealed.get(SealedFields.FIELD));
  }

  private static JsonObject of(JsonObject inside) {
    return JsonObject.of(SealedFields.FIELD, inside);
  }

  /// What a reader can do, who has the key of the fields: another text under the writer's name.
  private JsonObject replaced(JsonObject sealed, JsonObject fields) {
    JsonObject inside = inside(sealed);
    String wrapped =
        ((JsonObject) Objects.requireNonNull(inside.get("keys")))
            .string(reader.publicKey().hex())
            .orElseThrow();
    ConversationKey ours = ConversationKey.between(reader, writer.publicKey());
    SecretKey own = SecretKey.parse(ours.decrypt(wrapped).orThrow());
    String text = ConversationKey.between(own, own.publicKey()).encrypt(fields.text(), random);
    return of(inside.with("text", text));
  }

  @Test
  void aReaderWhoReplacesTheTextDoesNotAppearAsTheWriter() {
    JsonObject forged = replaced(sealed(), JsonObject.EMPTY.with("content", "I owe you a house"));
    assertThat(SealedFields.unseal(forged, reader)).isEmpty();
    assertThat(SealedFields.unseal(forged, writer)).isEmpty();
    JsonObject stripped = of(inside(forged).without("signature").without("version"));
    assertThat(SealedFields.open(stripped, writer)).isEmpty();
    assertThat(SealedFields.unseal(stripped, writer))
        .hasValueSatisfying(opened -> assertThat(opened.isProven()).isFalse());
    assertThat(SealedFields.unseal(of(inside(forged).without("version")), writer)).isEmpty();
    assertThat(SealedFields.unseal(of(inside(forged).without("signature")), writer)).isEmpty();
  }

  @Test
  void theReadersThatItNamesAreSignedToo() {
    JsonObject inside = inside(sealed());
    JsonObject keys = (JsonObject) Objects.requireNonNull(inside.get("keys"));
    JsonObject fewer = of(inside.with("keys", keys.without(reader.publicKey().hex())));
    assertThat(SealedFields.unseal(fewer, writer)).isEmpty();
  }

  @Test
  void whatWasSealedBeforeWritersSignedIsOpenedAndNotProven() {
    JsonObject before = of(inside(sealed()).without("signature").without("version"));
    assertThat(SealedFields.open(before, reader)).isEmpty();
    assertThat(SealedFields.unseal(before, reader))
        .contains(new SealedFields.Opened(fields, writer.publicKey(), false));
    assertThat(SealedFields.unseal(sealed(), reader))
        .contains(new SealedFields.Opened(fields, writer.publicKey(), true));
  }

  @Test
  void whatIsNotSealedIsNotOpened() {
    assertThat(SealedFields.open(fields, reader)).isEmpty();
    assertThat(SealedFields.open(JsonObject.of(SealedFields.FIELD, fields), reader)).isEmpty();
  }

  @Test
  void theReadersAreBounded() {
    Set<PublicKey> crowd = new HashSet<>();
    while (crowd.size() <= SealedFields.READERS_MAX) {
      crowd.add(SecretKey.generate(random).publicKey());
    }
    assertThatThrownBy(() -> SealedFields.seal(fields, writer, crowd, random))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
