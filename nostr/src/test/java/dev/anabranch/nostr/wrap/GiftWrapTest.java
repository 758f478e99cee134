package dev.anabranch.nostr.wrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.nostr.Events;
import dev.anabranch.nostr.encryption.ConversationKey;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.text.Parsed;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GiftWrapTest {
  private static final long NOW = 1_700_000_000;
  private static final SecretKey EVE = SecretKey.generate(new Random(3));
  private final Random random = new Random(4);
  private final UnsignedEvent rumour =
      new UnsignedEvent(Events.ALICE.publicKey(), NOW, 14, List.of(), "psst 🤫");

  @Test
  void onlyTheReaderOpensAWrap() {
    Event wrap = GiftWrap.wrap(rumour, Events.ALICE, Events.BOB.publicKey(), NOW, random);

    assertThat(open(wrap, Events.BOB)).isEqualTo(new Parsed.Value<>(rumour));
    assertThat(open(wrap, EVE)).isInstanceOf(Parsed.Malformed.class);
    assertThat(open(wrap, Events.ALICE)).isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void aWrapShowsItsReaderAndNothingElse() {
    Event wrap = GiftWrap.wrap(rumour, Events.ALICE, Events.BOB.publicKey(), NOW, random);

    assertThat(Verification.of(wrap)).isInstanceOf(Verification.Verified.class);
    assertThat(wrap.kind()).isEqualTo(1_059);
    assertThat(wrap.author()).isNotEqualTo(Events.ALICE.publicKey());
    assertThat(wrap.tags()).containsExactly(Tag.of("p", Events.BOB.publicKey().hex()));
    assertThat(wrap.createdAtSeconds()).isBetween(NOW - 2 * 86_400, NOW);
    assertThat(
            GiftWrap.wrapEphemeral(rumour, Events.ALICE, Events.BOB.publicKey(), NOW, random)
                .kind())
        .isEqualTo(21_059);
  }

  @Test
  void nobodySealsInAnothersName() {
    Event forged = wrapOf(sealOf(rumour.json(), EVE, List.of()).json());

    assertThat(open(forged, Events.BOB)).isInstanceOf(Parsed.Malformed.class);
  }

  @Test
  void refusesSealsAndRumoursThatAreNone() {
    Event signedInside = rumour.sign(Events.ALICE);

    for (Event wrap :
        List.of(
            wrapOf(sealOf(signedInside.json(), Events.ALICE, List.of()).json()),
            wrapOf(sealOf(rumour.json(), Events.ALICE, List.of(Tag.of("p", "x"))).json()),
            wrapOf(signedInside.json()),
            wrapOf("{}"),
            signedInside)) {
      assertThat(open(wrap, Events.BOB)).isInstanceOf(Parsed.Malformed.class);
    }
  }

  @Test
  void aDirectMessageGoesToEveryReaderAndItsAuthor() {
    UnsignedEvent message =
        DirectMessage.rumour(
            Events.ALICE.publicKey(),
            List.of(Events.BOB.publicKey(), EVE.publicKey()),
            "hello",
            null,
            NOW);
    List<Event> wraps = DirectMessage.wraps(message, Events.ALICE, NOW, random);

    assertThat(wraps).hasSize(3);
    assertThat(open(wraps.get(0), Events.BOB)).isEqualTo(new Parsed.Value<>(message));
    assertThat(open(wraps.get(1), EVE)).isEqualTo(new Parsed.Value<>(message));
    assertThat(open(wraps.get(2), Events.ALICE)).isEqualTo(new Parsed.Value<>(message));
  }

  @Test
  void nobodyWrapsWhatAnotherSays() {
    assertThatThrownBy(() -> GiftWrap.wrap(rumour, EVE, Events.BOB.publicKey(), NOW, random))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Parsed<UnsignedEvent> open(Event wrap, SecretKey reader) {
    return Verification.of(wrap) instanceof Verification.Verified(VerifiedEvent verified)
        ? GiftWrap.open(verified, reader)
        : new Parsed.Malformed<>("not signed");
  }

  private Event sealOf(String json, SecretKey signer, List<Tag> tags) {
    String content = ConversationKey.between(signer, Events.BOB.publicKey()).encrypt(json, random);
    return new UnsignedEvent(signer.publicKey(), NOW, 13, tags, content).sign(signer);
  }

  private Event wrapOf(String json) {
    String content = ConversationKey.between(EVE, Events.BOB.publicKey()).encrypt(json, random);
    return new UnsignedEvent(EVE.publicKey(), NOW, 1_059, List.of(), content).sign(EVE);
  }
}
