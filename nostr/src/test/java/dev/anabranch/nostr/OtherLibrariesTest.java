package dev.anabranch.nostr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.count.HyperLogLog;
import dev.anabranch.nostr.encryption.ConversationKey;
import dev.anabranch.nostr.entity.Entity;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.EventLimits;
import dev.anabranch.nostr.event.EventReader;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.event.Verification;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.rule.ProofOfWork;
import dev.anabranch.nostr.text.Hex;
import dev.anabranch.nostr.text.JsonText;
import dev.anabranch.nostr.text.Parsed;
import dev.anabranch.nostr.wrap.GiftWrap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// nostr-tools from npm, run by Node: what it makes we read, what we make it reads.
class OtherLibrariesTest {
  private static final int TEXTS = 150;

  private final Random random = new Random(21);
  @AutoClose private final Oracle oracle = Oracle.start();

  OtherLibrariesTest() throws IOException, InterruptedException {}

  @Test
  void eventsOfAnyTextAreVerifiedOnTheOtherSide() throws IOException {
    for (int number = 0; number < TEXTS; number++) {
      SecretKey key = SecretKey.generate(random);
      UnsignedEvent body =
          new UnsignedEvent(
              key.publicKey(),
              random.nextInt(2_000_000_000),
              random.nextInt(65_536),
              List.of(Tag.of("t", text(), text()), Tag.of(text())),
              text());
      String template =
          "{\"kind\":%d,\"created_at\":%d,\"tags\":[[\"t\",%s]],\"content\":%s}"
              .formatted(body.kind(), body.createdAtSeconds(), quoted(text()), quoted(text()));
      Event theirs =
          EventReader.read(
              oracle.ask("sign", "\"" + Hex.of(key.secretBytes()) + "\"", template),
              EventLimits.NONE);

      assertThat(oracle.ask("verify", body.sign(key).json()).bool()).isTrue();
      assertThat(Verification.of(theirs)).isInstanceOf(Verification.Verified.class);
      assertThat(oracle.ask("bits", "\"" + theirs.id() + "\"").integer())
          .isEqualTo(ProofOfWork.bits(theirs.id()));
    }
  }

  @Test
  void textsAreEncryptedAlikeAndDecryptedOnTheOtherSide() throws IOException {
    String alice = "\"" + Hex.of(Events.ALICE.secretBytes()) + "\"";
    String bob = "\"" + Events.BOB.publicKey() + "\"";
    ConversationKey key = ConversationKey.between(Events.BOB, Events.ALICE.publicKey());
    for (int number = 0; number < TEXTS; number++) {
      String text = "x" + text();
      byte[] nonce = new byte[32];
      random.nextBytes(nonce);
      String theirs =
          oracle.ask("encrypt", alice, bob, "\"" + Hex.of(nonce) + "\"", quoted(text)).string();

      assertThat(key.decrypt(theirs)).isEqualTo(new Parsed.Value<>(text));
      assertThat(oracle.ask("decrypt", alice, bob, quoted(key.encrypt(text, random))).string())
          .isEqualTo(text);
    }
  }

  @Test
  void giftWrapsAreOpenedOnTheOtherSide() throws IOException {
    UnsignedEvent rumour =
        new UnsignedEvent(Events.ALICE.publicKey(), 1_700_000_000, 14, List.of(), "psst");
    Event ours = GiftWrap.wrap(rumour, Events.ALICE, Events.BOB.publicKey(), 1_700_000_000, random);
    Event theirs =
        EventReader.read(
            oracle.ask(
                "wrap",
                "\"" + Hex.of(Events.ALICE.secretBytes()) + "\"",
                "\"" + Events.BOB.publicKey() + "\"",
                "{\"kind\":14,\"created_at\":1700000000,\"tags\":[],\"content\":\"psst\"}"),
            EventLimits.NONE);
    String bob = "\"" + Hex.of(Events.BOB.secretBytes()) + "\"";

    assertThat(Verification.of(theirs))
        .isInstanceOfSatisfying(
            Verification.Verified.class,
            verified ->
                assertThat(GiftWrap.open(verified.event(), Events.BOB))
                    .isEqualTo(new Parsed.Value<>(rumour)));
    assertThat(EventReader.readUnsigned(oracle.ask("unwrap", bob, ours.json()), EventLimits.NONE))
        .isEqualTo(rumour);
  }

  @Test
  void textsOfKeysAndAddressesAreSpeltAlike() throws IOException {
    PublicKey key = Events.ALICE.publicKey();

    assertThat(oracle.ask("npub", "\"" + key + "\"").string())
        .isEqualTo(new Entity.Npub(key).text());
    assertThat(oracle.ask("nsec", "\"" + Hex.of(Events.ALICE.secretBytes()) + "\"").string())
        .isEqualTo(new Entity.Nsec(Events.ALICE).text());
    String pointer =
        "{\"identifier\":\"ü\",\"pubkey\":\"%s\",\"kind\":30023,\"relays\":[\"wss://a.example\"]}"
            .formatted(key);
    Entity address = Entity.parse(oracle.ask("naddr", pointer).string()).orThrow();

    assertThat(TestJson.text(TestJson.read(oracle.ask("decode", quoted(address.text()))), "type"))
        .isEqualTo("naddr");
    assertThat(address)
        .isInstanceOfSatisfying(
            Entity.Naddr.class,
            read -> assertThat(read.address().text()).isEqualTo("30023:" + key + ":ü"));
  }

  @Test
  void authorsAreCountedInTheSameRegisters() throws IOException {
    for (String value :
        List.of("cats", "ab".repeat(32), "30023:" + Events.BOB.publicKey() + ":x")) {
      Filter filter = Filter.ANY.withKinds(Set.of(7)).withTag('a', Set.of(value));
      HyperLogLog count = HyperLogLog.empty(HyperLogLog.offset(List.of(filter)).orElseThrow());
      List<String> keys = new ArrayList<>();
      for (int number = 0; number < 1_000; number++) {
        byte[] key = new byte[32];
        random.nextBytes(key);
        count.add(PublicKey.of(key));
        keys.add("\"" + Hex.of(key) + "\"");
      }

      assertThat(oracle.ask("registers", filter.json(), keys.toString()).string())
          .isEqualTo(count.hex());
    }
  }

  /// Any text: letters, escapes, other scripts, control characters.
  private String text() {
    StringBuilder text = new StringBuilder();
    for (int length = random.nextInt(60); length > 0; length--) {
      int sign =
          switch (random.nextInt(6)) {
            case 0 -> random.nextInt(0x20);
            case 1 -> "\"\\/\u007f\u2028\ufeff".charAt(random.nextInt(6));
            case 2 -> 0x10000 + random.nextInt(0x20000);
            case 3 -> 0x80 + random.nextInt(0x700);
            default -> ' ' + random.nextInt(0x5f);
          };
      text.appendCodePoint(sign);
    }
    return text.toString();
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder();
    JsonText.quote(text, out);
    return out.toString();
  }
}
