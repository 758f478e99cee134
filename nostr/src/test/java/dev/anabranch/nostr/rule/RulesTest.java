package dev.anabranch.nostr.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.nostr.Events;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.event.VerifiedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import dev.anabranch.nostr.text.Parsed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RulesTest {
  private static final PublicKey ALICE = Events.ALICE.publicKey();
  private static final PublicKey BOB = Events.BOB.publicKey();
  private static final RelayAddress RELAY =
      RelayAddress.ofUrls(Set.of("wss://Relay.example/", "ws://127.0.0.1:7447"));

  @Test
  void anEventIsOverFromItsExpirationOn() {
    Event event = Events.by(Events.ALICE, 1, Tag.of("expiration", "200"));

    assertThat(Expiration.isPast(event, 199)).isFalse();
    assertThat(Expiration.isPast(event, 200)).isTrue();
    assertThat(Expiration.isPast(Events.by(Events.ALICE, 1, Tag.of("expiration", "x")), 200))
        .isFalse();
    assertThat(Expiration.isPast(Events.by(Events.ALICE, 1), Long.MAX_VALUE)).isFalse();
  }

  @Test
  void aRelayIsNamedByHostAndPort() {
    assertThat(RELAY.isNamedBy("wss://relay.example")).isTrue();
    assertThat(RELAY.isNamedBy("wss://relay.example:443/any/path?x")).isTrue();
    assertThat(RELAY.isNamedBy("ws://127.0.0.1:7447/")).isTrue();
    assertThat(RELAY.isNamedBy("ws://127.0.0.1:7448/")).isFalse();
    assertThat(RELAY.isNamedBy("wss://relay.example.evil")).isFalse();
    assertThat(RELAY.isNamedBy("relay.example")).isFalse();
    assertThat(RELAY.isNamedBy("::")).isFalse();
    assertThat(RELAY.isNamedBy("wss://")).isFalse();
    assertThat(RELAY.isNamedBy("wss://me@relay.example/")).isTrue();
  }

  @Test
  void aRelaysOwnNameMayHoldLowLinesForeignLettersAndAUsualPort() {
    RelayAddress own =
        RelayAddress.ofUrls(
            Set.of("wss://my_relay.example:443", "wss://Bücher.example", "ws://[::1]:7447"));

    assertThat(own.hosts())
        .containsExactlyInAnyOrder("my_relay.example", "xn--bcher-kva.example", "[::1]:7447");
    assertThat(own.isNamedBy("wss://MY_relay.example/x")).isTrue();
    assertThat(own.isNamedBy("wss://xn--bcher-kva.example")).isTrue();
    assertThat(own.isNamedBy("wss://bücher.example:443")).isTrue();
    assertThat(own.isNamedBy("ws://[::1]:7447/")).isTrue();
    assertThat(new RelayAddress(Set.of("Relay.example:443")).isNamedBy("wss://relay.example"))
        .isTrue();
    assertThat(RelayAddress.host("ws://my_relay.example:7447/")).contains("my_relay.example");
  }

  @Test
  void aUrlOfOursThatNamesNoHostFailsAtOnce() {
    for (String url : List.of("relay.example", "wss:///path", "wss://a b/", "")) {
      assertThatThrownBy(() -> RelayAddress.ofUrls(Set.of(url)))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aVanishGoesUpToItsTimeAndKeepsItself() {
    Event wish = Events.at(100, Events.ALICE, 62, Tag.of("relay", "ALL_RELAYS"));
    Vanish vanish = Vanish.of(wish, RELAY).orElseThrow();

    assertThat(vanish.covers(Events.at(100, Events.ALICE, 1))).isTrue();
    assertThat(vanish.covers(Events.at(100, Events.ALICE, 5))).isTrue();
    assertThat(vanish.covers(Events.at(101, Events.ALICE, 1))).isFalse();
    assertThat(vanish.covers(Events.at(50, Events.BOB, 1))).isFalse();
    assertThat(vanish.covers(Events.at(50, Events.BOB, 1_059, Tag.of("p", ALICE.hex())))).isTrue();
    assertThat(vanish.covers(wish)).isFalse();
    assertThat(Vanish.of(Events.by(Events.ALICE, 62, Tag.of("relay", "wss://other/")), RELAY))
        .isEmpty();
    assertThat(Vanish.of(Events.by(Events.ALICE, 62, Tag.of("r", "ALL_RELAYS")), RELAY)).isEmpty();
    assertThat(
            Vanish.of(Events.by(Events.ALICE, 62, Tag.of("relay", "wss://relay.example")), RELAY))
        .isPresent();
  }

  @Test
  void aClientIsWhoSignedTheChallengeForThisRelayNow() {
    Event proof =
        ClientAuthentication.answer(ALICE, "c", "wss://relay.example", 1_000).sign(Events.ALICE);

    assertThat(fault(proof, "c", 1_000)).isEmpty();
    assertThat(fault(proof, "c", 1_600)).isEmpty();
    assertThat(fault(proof, "c", 1_601)).isPresent();
    assertThat(fault(proof, "c", 399)).isPresent();
    assertThat(fault(proof, "d", 1_000)).isPresent();
    assertThat(fault(Events.at(1_000, Events.ALICE, 1), "c", 1_000)).isPresent();
    assertThat(
            fault(
                ClientAuthentication.answer(ALICE, "c", "wss://evil.example", 1_000)
                    .sign(Events.ALICE),
                "c",
                1_000))
        .isPresent();
  }

  private static Optional<String> fault(Event proof, String challenge, long now) {
    return ClientAuthentication.fault(VerifiedEvent.fromStore(proof), challenge, RELAY, now);
  }

  @Test
  void anHttpRequestIsItsSignersWithThisUrlMethodAndBody() {
    HttpAuthentication.Request request = request("https://relay.example/?a=b", "POST", "{}");
    String header =
        HttpAuthentication.header(
            HttpAuthentication.proof(ALICE, request, 1_000).sign(Events.ALICE));

    assertThat(parse(header, request, 1_060)).isInstanceOf(Parsed.Value.class);
    for (Parsed<VerifiedEvent> refused :
        List.of(
            parse(header, request, 1_061),
            parse(header, request, 939),
            parse(header, request("https://relay.example/", "POST", "{}"), 1_000),
            parse(header, request("https://relay.example/?a=b", "GET", "{}"), 1_000),
            parse(header, request("https://relay.example/?a=b", "POST", "{ }"), 1_000),
            parse("Bearer x", request, 1_000),
            parse("Nostr %%%", request, 1_000),
            parse("Nostr e30=", request, 1_000),
            parse(withoutPayload(), request, 1_000),
            parse(signedByAnother(request), request, 1_000))) {
      assertThat(refused).isInstanceOf(Parsed.Malformed.class);
    }
  }

  private static String withoutPayload() {
    return HttpAuthentication.header(
        HttpAuthentication.proof(ALICE, request("https://relay.example/?a=b", "POST", ""), 1_000)
            .sign(Events.ALICE));
  }

  private static String signedByAnother(HttpAuthentication.Request request) {
    UnsignedEvent proof = HttpAuthentication.proof(ALICE, request, 1_000);
    return HttpAuthentication.header(
        new Event(proof.id(), proof, Events.BOB.sign(proof.id().bytes())));
  }

  private static HttpAuthentication.Request request(String url, String method, String body) {
    return new HttpAuthentication.Request(url, method, body.getBytes(StandardCharsets.UTF_8));
  }

  private static Parsed<VerifiedEvent> parse(
      String header, HttpAuthentication.Request request, long now) {
    return HttpAuthentication.parse(header, request, true, now);
  }

  @Test
  void confidentialEventsAreForTheirPartiesOnly() {
    Event message = Events.by(Events.ALICE, 4, Tag.of("p", BOB.hex()));
    Event wrap = Events.by(Events.ALICE, 1_059, Tag.of("p", BOB.hex()));
    Event seal = Events.by(Events.ALICE, 13);

    assertThat(Confidential.mayRead(message, Set.of())).isFalse();
    assertThat(Confidential.mayRead(message, Set.of(ALICE))).isTrue();
    assertThat(Confidential.mayRead(message, Set.of(BOB))).isTrue();
    assertThat(Confidential.mayRead(wrap, Set.of(BOB))).isTrue();
    assertThat(Confidential.mayRead(wrap, Set.of(ALICE))).isFalse();
    assertThat(Confidential.mayRead(wrap, Set.of(ALICE, BOB))).isTrue();
    assertThat(Confidential.mayRead(wrap, Set.of())).isFalse();
    assertThat(
            Confidential.mayRead(
                Events.by(Events.ALICE, 1_059, Tag.of("p"), Tag.of("p", "x")), Set.of(BOB)))
        .isFalse();
    assertThat(Confidential.mayRead(seal, Set.of(BOB))).isFalse();
    assertThat(Confidential.mayRead(seal, Set.of(ALICE))).isTrue();
    assertThat(Confidential.mayRead(Events.by(Events.ALICE, 1), Set.of())).isTrue();
    assertThat(Confidential.asksOnlyFor(Filter.ANY.withKinds(Set.of(4, 1_059)))).isTrue();
    assertThat(Confidential.asksOnlyFor(Filter.ANY.withKinds(Set.of(4, 1)))).isFalse();
    assertThat(Confidential.asksOnlyFor(Filter.ANY)).isFalse();
  }

  @Test
  void aProtectedEventIsKnownAlsoInARepost() {
    Event secret = Events.by(Events.ALICE, 1, Tag.of("-"));
    Event open = Events.by(Events.ALICE, 1);

    assertThat(Protection.isProtected(secret)).isTrue();
    assertThat(Protection.isProtected(open)).isFalse();
    assertThat(Protection.repostsProtected(repost(secret.json()))).isTrue();
    assertThat(Protection.repostsProtected(repost(open.json()))).isFalse();
    assertThat(Protection.repostsProtected(repost(""))).isFalse();
    assertThat(Protection.repostsProtected(repost("\n"))).isFalse();
  }

  @Test
  void aRepostOfWhatOnlyALaxReaderTakesForAnEventMayShowAProtectedOne() {
    String secret = Events.by(Events.ALICE, 1, Tag.of("-")).json();

    for (String content :
        List.of(
            secret + "x",
            secret.replaceFirst("\\{", "{\"kind\":1,"),
            secret.replaceFirst("\\{", "{\"x\":" + "[".repeat(99) + "]".repeat(99) + ","),
            secret.replace("\"content\":\"\"", "\"content\":\"\\ud800\""),
            "[" + secret + "]",
            "words")) {
      assertThat(Protection.repostsProtected(repost(content))).as(content).isTrue();
    }
    assertThat(Protection.repostsProtected(Events.by(Events.ALICE, 1))).isFalse();
  }

  private static Event repost(String content) {
    return new UnsignedEvent(BOB, 100, 6, List.of(), content).sign(Events.BOB);
  }

  @Test
  void aProxySaysWhereAnEventComesFrom() {
    Proxy proxy = new Proxy("https://a.example/1", "web");

    assertThat(Proxy.of(Events.by(Events.ALICE, 1, proxy.tag()))).contains(proxy);
    assertThat(Proxy.of(Events.by(Events.ALICE, 1, Tag.of("proxy", "x")))).isEmpty();
  }
}
