package dev.anabranch.nostr.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.nostr.Events;
import dev.anabranch.nostr.event.Address;
import dev.anabranch.nostr.event.EventId;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.MalformedText;
import dev.anabranch.nostr.text.Parsed;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// With the examples of NIP-19.
class EntityTest {
  private static final PublicKey KEY =
      new PublicKey("7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e");
  private static final String NPUB =
      "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg";

  @Test
  void theExamplesOfNip19AreReadAndWritten() {
    assertThat(new Entity.Npub(KEY).text()).isEqualTo(NPUB);
    assertThat(read(NPUB)).isEqualTo(new Entity.Npub(KEY));
    assertThat(read("nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"))
        .isEqualTo(
            new Entity.Nsec(
                SecretKey.parse(
                    "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa")));
    assertThat(
            read(
                "nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69uhhytnc9e3"
                    + "k7mgpz4mhxue69uhkg6nzv9ejuumpv34kytnrdaksjlyr9p"))
        .isEqualTo(
            new Entity.Nprofile(
                new PublicKey("3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d"),
                List.of("wss://r.x.com", "wss://djbas.sadkb.com")));
  }

  static Stream<Entity> everyEntity() {
    EventId id = new EventId("ab".repeat(32));
    return Stream.of(
        new Entity.Npub(KEY),
        new Entity.Nsec(Events.ALICE),
        new Entity.Note(id),
        new Entity.Nprofile(KEY, List.of()),
        new Entity.Nevent(id, List.of("wss://a.example"), KEY, OptionalInt.of(1)),
        new Entity.Nevent(id, List.of(), null, OptionalInt.empty()),
        new Entity.Naddr(new Address(30_023, KEY, "dé"), List.of("wss://a.example")),
        new Entity.Naddr(new Address(10_002, KEY, ""), List.of()));
  }

  @ParameterizedTest
  @MethodSource("everyEntity")
  void whatIsWrittenIsReadAgainInEitherCaseAndBehindNostr(Entity entity) {
    assertThat(read(entity.text())).isEqualTo(entity);
    assertThat(read("nostr:" + entity.text())).isEqualTo(entity);
    assertThat(read(entity.text().toUpperCase(Locale.ROOT))).isEqualTo(entity);
  }

  @Test
  void aMistypedSignIsNoticed() {
    for (int index = 5; index < NPUB.length(); index++) {
      char other = NPUB.charAt(index) == 'q' ? 'p' : 'q';
      String mistyped = NPUB.substring(0, index) + other + NPUB.substring(index + 1);

      assertThat(Entity.parse(mistyped)).isInstanceOf(Parsed.Malformed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "1", "npub1", "npub1qqqqqq", "Npub10elfcs4", "nrelay1qqqqqqq", "☃1qqqqqqq"})
  void refusesWhatIsNone(String text) {
    assertThat(Entity.parse(text)).isInstanceOf(Parsed.Malformed.class);
    assertThat(Entity.parse(text + "q".repeat(5_000))).isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void anAddressOfAReplaceableKindHasNoIdentifier() {
    assertThat(Entity.parse(naddr(30_002))).isInstanceOf(Parsed.Value.class);
    assertThat(Entity.parse(naddr(10_002))).isInstanceOf(Parsed.Malformed.class);
  }

  private static String naddr(int kind) {
    ByteBuffer parts = ByteBuffer.allocate(3 + 2 + 32 + 2 + 4);
    parts.put((byte) EntityWriter.SPECIAL).put((byte) 1).put((byte) 'x');
    parts.put((byte) EntityWriter.AUTHOR).put((byte) 32).put(KEY.bytes());
    parts.put((byte) EntityWriter.KIND).put((byte) 4).putInt(kind);
    return new Bech32("naddr", parts.array()).text();
  }

  @Test
  void aPublicKeyIsReadInEitherSpelling() {
    assertThat(Entity.publicKey(KEY.hex())).isEqualTo(KEY);
    assertThat(Entity.publicKey(NPUB)).isEqualTo(KEY);
    assertThatThrownBy(() -> Entity.publicKey(new Entity.Nsec(Events.ALICE).text()))
        .isInstanceOf(MalformedText.class);
    assertThatThrownBy(() -> Entity.publicKey("x")).isInstanceOf(MalformedText.class);
  }

  private static Entity read(String text) {
    return Entity.parse(text).orThrow();
  }
}
