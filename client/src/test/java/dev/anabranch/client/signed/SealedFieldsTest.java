package dev.anabranch.client.signed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.kernel.json.JsonObject;
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
