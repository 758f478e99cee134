package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.ids;
import static dev.anabranch.server.NostrClient.key;
import static dev.anabranch.server.NostrClient.note;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.key.Signature;
import dev.anabranch.nostr.text.Digest;
import dev.anabranch.nostr.text.Hex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What others' testers of relays ask for, and [RelayContract] does not say: odd JSON, odd times,
/// odd filters, and who may do what, over every store.
@Timeout(120)
@SuppressWarnings("NullAway.Init") // JUnit calls open first
abstract class ConformantRelayContract {

  private static final SecretKey ANN = key(1);
  private static final SecretKey BOB = key(2);
  private static final SecretKey EVE = key(3);
  private static final long DAY = 86_400;

  private Served served;
  private NostrClient client;

  abstract StoreOpener store();

  @BeforeEach
  void open() {
    serve(Map.of());
  }

  private void serve(Map<String, String> settings) {
    served = Served.open(settings, store());
    client = NostrClient.of(served);
  }

  private void again(Map<String, String> settings) {
    close();
    serve(settings);
  }

  @AfterEach
  void close() {
    client.close();
    served.close();
  }

  /// The answer to an event that is spelled by hand; its id and signature are right.
  ///
  /// @param createdAt as it stands in the JSON
  /// @param hashed the content as it is hashed
  /// @param spelled the content as it stands in the event
  private String answer(String createdAt, int kind, String tags, String hashed, String spelled) {
    String canonical =
        "[0,\"%s\",%s,%d,%s,\"%s\"]".formatted(ANN.publicKey(), createdAt, kind, tags, hashed);
    byte[] id = Digest.sha256(canonical.getBytes(StandardCharsets.UTF_8));
    Signature signature = ANN.sign(id);
    String json =
        "{\"id\":\"%s\",\"pubkey\":\"%s\",\"created_at\":%s,\"kind\":%d,\"tags\":%s,\"content\":\"%s\",\"sig\":\"%s\"}"
            .formatted(
                Hex.of(id), ANN.publicKey(), createdAt, kind, tags, spelled, signature.hex());
    client.say("[\"EVENT\"," + json + "]");
    String frame = client.frame();
    if (frame.contains(",true,")) {
      assertThat(client.stored("raw", "{\"ids\":[\"" + Hex.of(id) + "\"]}").getFirst())
          .isEqualTo(json);
      client.say("[\"CLOSE\",\"raw\"]");
    }
    return frame;
  }

  // JSON.

  @Test
  void acceptsTheEscapesThatNip01Lists() {
    String content = "\\n \\\" \\\\ \\r \\t \\b \\f";
    assertThat(answer("" + NOW, 1, "[]", content, content)).contains(",true,");
  }

  @Test
  void acceptsEscapesThatNip01DoesNotList() {
    assertThat(answer("" + NOW, 1, "[]", "a/\u00fc\u0416", "a\\/\\u00fc\\u0416"))
        .contains(",true,");
  }

  @Test
  void acceptsEscapesThatAreHashedAsTheyStandAndAsWhatTheyMean() {
    assertThat(answer("" + NOW, 1, "[]", "bell \\u0007", "bell \\u0007")).contains(",true,");
    assertThat(answer("" + NOW, 1, "[]", "bell \u0007", "bell \\u0007")).contains(",true,");
  }

  @Test
  void refusesLiteralControlCharactersBecauseTheyAreNoJson() {
    assertThat(answer("" + NOW, 1, "[]", "line\\n", "line\n"))
        .startsWith("[\"OK\",")
        .contains("false,\"invalid: ");
  }

  @Test
  void acceptsNonCharactersOfUtf8AndTheDeleteCharacter() {
    String odd = "\ufffe \uffff \ufdd0 \ud83f\udffe \u007f";
    assertThat(answer("" + NOW, 1, "[]", odd, odd)).contains(",true,");
  }

  @Test
  void acceptsTheNullCharacter() {
    assertThat(answer("" + NOW, 1, "[[\"t\",\"a\\u0000b\"]]", "\\u0000", "\\u0000"))
        .contains(",true,");
    assertThat(client.stored("s", "{\"#t\":[\"a\\u0000b\"]}")).hasSize(2);
  }

  @Test
  void servesFieldsInTheirOrderAndFieldsThatNobodyKnows() {
    Event note = note(ANN, NOW, "order");
    String odd =
        "{\"sig\":\"%s\",\"content\":\"order\",\"tags\":[],\"seen_on\":[\"wss://a.example\"],\"kind\":1,\"created_at\":%d,\"pubkey\":\"%s\",\"id\":\"%s\"}"
            .formatted(note.signature().hex(), NOW, ANN.publicKey(), note.id());
    assertThat(client.answer(odd, note)).isEqualTo("true ");
    assertThat(client.stored("s", "{}").getFirst()).isEqualTo(odd);
  }

  @Test
  void acceptsEmptyValuesOfTagsAndRefusesATagWithoutAName() {
    assertThat(answer("" + NOW, 1, "[[\"t\",\"\"],[\"\"],[\"p\"]]", "x", "x")).contains(",true,");
    assertThat(answer("" + NOW, 1, "[[]]", "x", "x")).contains("false,\"invalid: ");
    assertThat(answer("" + NOW, 1, "[[\"t\",null]]", "x", "x")).contains("false,\"invalid: ");
  }

  @Test
  void acceptsLargeContactLists() {
    List<Tag> contacts = new ArrayList<>();
    for (int index = 0; index < 1_500; index++) {
      contacts.add(Tag.of("p", "%064x".formatted(index)));
    }
    Event list = event(ANN, 3, NOW, "", contacts.toArray(Tag[]::new));
    client.publish(list);
    assertThat(client.ids("{\"kinds\":[3],\"#p\":[\"" + "%064x".formatted(1_499) + "\"]}"))
        .isEqualTo(ids(list));
  }

  // Times.

  private static List<Arguments> pasts() {
    return List.of(
        Arguments.of("a week ago", NOW - 7 * DAY),
        Arguments.of("a month ago", NOW - 30 * DAY),
        Arguments.of("a year ago", NOW - 365 * DAY),
        Arguments.of("before Nostr", 1_500_000_000),
        Arguments.of("before 2000", 900_000_000),
        Arguments.of("1970", 1),
        Arguments.of("the first second of 1970", 0));
  }

  @ParameterizedTest(name = "accepts an event from {0}")
  @MethodSource("pasts")
  void acceptsEventsHoweverOldTheySayTheyAre(String when, long seconds) {
    Event old = note(ANN, seconds, "from " + when);
    client.publish(old);
    assertThat(client.ids("{\"until\":" + seconds + ",\"limit\":1}")).isEqualTo(ids(old));
  }

  @Test
  void refusesEventsFromBefore1970AndTimesThatAreNoWholeNumbers() {
    assertThat(answer("-1", 1, "[]", "x", "x")).contains("invalid: ");
    assertThat(answer("1.7e9", 1, "[]", "x", "x")).contains("invalid: ");
    assertThat(answer(NOW + ".5", 1, "[]", "x", "x")).contains("invalid: ");
    assertThat(answer("\"" + NOW + "\"", 1, "[]", "x", "x")).contains("invalid: ");
  }

  @Test
  void refusesTheFutureUnlessItIsToldToWait() {
    long now = System.currentTimeMillis() / 1000;
    for (long seconds :
        new long[] {now + 365 * DAY, 0x80000000L, 0x100000000L, 9_007_199_254_740_991L}) {
      assertThat(client.answer(note(ANN, seconds, "later")))
          .startsWith("false invalid: created_at");
    }
    again(Map.of("nostr.created_ahead_seconds_max", "2147483647"));
    Event later = note(ANN, 0x80000000L, "beyond 31 bits");
    client.publish(later);
    assertThat(client.ids("{\"since\":2147483648}")).isEqualTo(ids(later));
  }

  // Kinds.

  @Test
  void refusesAKindOfMoreThan16BitsAndFindsNothingOfOne() {
    assertThat(answer("" + NOW, 65_536, "[]", "x", "x")).contains("invalid: ");
    assertThat(answer("" + NOW, 65_535, "[]", "x", "x")).contains(",true,");
    assertThat(client.stored("k", "{\"kinds\":[65536]}").getLast())
        .startsWith("[\"CLOSED\",\"k\",\"invalid: ");
  }

  // Filters.

  private static List<Arguments> conditions() {
    String ann = "\"authors\":[\"" + ANN.publicKey() + "\"]";
    return List.of(
        Arguments.of("its id", "{\"ids\":[\"%s\"]}", "2"),
        Arguments.of("its author", "{" + ann + "}", "21"),
        Arguments.of("author and kind", "{" + ann + ",\"kinds\":[7]}", "2"),
        Arguments.of("author and tag", "{" + ann + ",\"#t\":[\"sea\"]}", "21"),
        Arguments.of("kind and tag", "{\"kinds\":[1],\"#t\":[\"sea\"]}", "31"),
        Arguments.of("one of several values", "{\"#t\":[\"land\",\"air\"]}", "3"),
        Arguments.of("several tags", "{\"#t\":[\"sea\"],\"#r\":[\"x\"]}", "1"),
        Arguments.of("nothing at all", "{}", "321"));
  }

  @ParameterizedTest(name = "finds an event by {0}")
  @MethodSource("conditions")
  void findsByEachConditionAndByTheirCombinations(String what, String filter, String found) {
    Event one = note(ANN, NOW, "1", Tag.of("t", "sea"), Tag.of("r", "x"));
    Event two = event(ANN, 7, NOW + 1, "2", Tag.of("t", "sea"));
    Event three = note(BOB, NOW + 2, "3", Tag.of("t", "sea"), Tag.of("t", "land"));
    client.publish(one, two, three);
    List<String> all = ids(one, two, three);
    assertThat(client.ids(filter.formatted(two.id())))
        .as(what)
        .isEqualTo(found.chars().mapToObj(number -> all.get(number - '1')).toList());
  }

  @Test
  void findsNothingByTheBeginningOfAnIdOrKey() {
    client.publish(note(ANN, NOW, "whole"));
    String part = ANN.publicKey().hex().substring(0, 16);
    assertThat(client.stored("p", "{\"authors\":[\"" + part + "\"]}").getLast())
        .startsWith("[\"CLOSED\",\"p\",\"invalid: ");
    assertThat(client.stored("p", "{\"ids\":[\"" + part + "\"]}").getLast())
        .startsWith("[\"CLOSED\",\"p\",\"invalid: ");
  }

  @Test
  void takesTimesBefore1970InFilters() {
    Event note = note(ANN, NOW, "now");
    client.publish(note);
    assertThat(client.ids("{\"since\":-1000}")).isEqualTo(ids(note));
    assertThat(client.ids("{\"until\":-1}")).isEmpty();
  }

  @Test
  void givesEachFilterItsOwnLimit() {
    Event one = note(ANN, NOW, "1");
    Event two = note(ANN, NOW + 1, "2");
    Event three = note(BOB, NOW + 2, "3");
    Event four = note(BOB, NOW + 3, "4");
    client.publish(one, two, three, four);
    assertThat(
            client.ids(
                "{\"authors\":[\"" + ANN.publicKey() + "\"],\"limit\":1}",
                "{\"authors\":[\"" + BOB.publicKey() + "\"],\"limit\":1}"))
        .isEqualTo(ids(four, two));
  }

  @Test
  void keepsASubscriptionOpenWhenAllItsIdsWereGiven() {
    Event note = note(ANN, NOW, "once");
    client.publish(note);
    assertThat(client.stored("one", "{\"ids\":[\"" + note.id() + "\"]}")).hasSize(2);
    assertThat(client.stored("open", "{\"kinds\":[7]}")).hasSize(1);
    Event like = event(BOB, 7, NOW, "+");
    try (NostrClient writer = NostrClient.of(served)) {
      writer.publish(like);
    }
    assertThat(client.frame()).contains(like.id().hex());
  }

  @Test
  void keepsAndFindsTheMessagesOfPublicChats() {
    Event channel = event(ANN, 40, NOW, "{\"name\":\"sea\"}");
    Tag root = Tag.of("e", channel.id().hex(), "", "root");
    Event message = event(BOB, 42, NOW + 1, "hallo", root);
    client.publish(channel, message);
    assertThat(client.ids("{\"kinds\":[40]}")).isEqualTo(ids(channel));
    assertThat(client.ids("{\"kinds\":[42],\"#e\":[\"" + channel.id() + "\"]}"))
        .isEqualTo(ids(message));
  }

  @Test
  void showsAnEphemeralGiftWrapToWhomItIsForAndKeepsItNot() {
    String asked = "{\"kinds\":[1,21059]}";
    client.authenticate(ANN);
    client.stored("live", asked);
    Event wrap = event(EVE, 21_059, NOW, "sealed", Tag.of("p", ANN.publicKey().hex()));
    try (NostrClient other = NostrClient.of(served)) {
      other.authenticate(BOB);
      other.stored("live", asked);
      Event note = note(BOB, NOW, "for all");
      try (NostrClient writer = NostrClient.of(served)) {
        writer.publish(wrap, note);
      }
      assertThat(other.frame()).as("not the wrap").contains(note.id().hex());
    }
    assertThat(client.frame()).contains(wrap.id().hex());
    assertThat(client.frame()).contains("for all");
    assertThat(client.ids("{\"kinds\":[21059]}")).isEmpty();
  }

  // Replacing and deleting.

  @Test
  void doesNotFindAReplacedEventByItsIdAnyMore() {
    Event old = event(ANN, 3, NOW, "old");
    Event fresh = event(ANN, 3, NOW + 1, "new");
    client.publish(old, fresh);
    assertThat(client.ids("{\"ids\":[\"" + old.id() + "\",\"" + fresh.id() + "\"]}"))
        .isEqualTo(ids(fresh));
  }

  @Test
  void deletesByAddressOnlyWhatHasThatIdentifierKindAndAuthor() {
    Event gone = event(ANN, 30_023, NOW, "1", Tag.of("d", "a"));
    Event otherName = event(ANN, 30_023, NOW, "2", Tag.of("d", "b"));
    Event otherKind = event(ANN, 30_024, NOW, "3", Tag.of("d", "a"));
    Event otherAuthor = event(BOB, 30_023, NOW, "4", Tag.of("d", "a"));
    client.publish(gone, otherName, otherKind, otherAuthor);
    String a = "30023:%s:a";
    client.publish(
        event(
            ANN,
            5,
            NOW + 1,
            "",
            Tag.of("a", a.formatted(ANN.publicKey())),
            Tag.of("a", a.formatted(BOB.publicKey()))));
    assertThat(client.ids("{\"kinds\":[30023,30024]}"))
        .containsExactlyInAnyOrderElementsOf(ids(otherName, otherKind, otherAuthor));
  }

  /// They are their authors', who may delete them (NIP-09: only one's own events).
  @Test
  void reactionsToADeletedEventStay() {
    Event note = note(ANN, NOW, "gone");
    Event reaction = event(BOB, 7, NOW + 1, "+", Tag.of("e", note.id().hex()));
    client.publish(note, reaction, event(ANN, 5, NOW + 2, "", Tag.of("e", note.id().hex())));
    assertThat(client.ids("{\"kinds\":[1,7]}")).isEqualTo(ids(reaction));
  }

  @Test
  void aDeletionThatNamesNothingDeletesNothing() {
    Event note = note(ANN, NOW, "stays");
    client.publish(note, event(ANN, 5, NOW + 1, ""), event(ANN, 5, NOW + 2, "", Tag.of("a", "x")));
    assertThat(client.ids("{\"kinds\":[1]}")).isEqualTo(ids(note));
  }

  // Who may do what.

  @Test
  void anybodyMayPublishRelayListsAndEphemeralEventsWithoutAuthenticating() {
    client.publish(
        event(ANN, 10_002, NOW, "", Tag.of("r", "wss://a.example")),
        event(ANN, 10_050, NOW, "", Tag.of("relay", "wss://a.example")));
    client.stored("live", "{\"kinds\":[20001]}");
    try (NostrClient stranger = NostrClient.of(served)) {
      stranger.publish(event(BOB, 20_001, NOW, "here"));
    }
    assertThat(client.frame()).contains("\"here\"");
  }

  @Test
  void anUnknownKeyAuthenticatesAndStillNeitherWritesNorReadsWhereMembersDo() {
    again(
        Map.of(
            "nostr.writers", "members",
            "nostr.readers", "members",
            "nostr.members", ANN.publicKey().hex()));
    assertThat(client.authenticate(EVE)).contains(",true,");
    assertThat(client.answer(note(EVE, NOW, "own"))).startsWith("false restricted: ");
    assertThat(client.answer(note(BOB, NOW, "another's"))).startsWith("false restricted: ");
    assertThat(client.stored("s", "{}").getFirst()).startsWith("[\"CLOSED\",\"s\",\"restricted: ");
    assertThat(client.say("[\"COUNT\",\"c\",{}]").frame())
        .startsWith("[\"CLOSED\",\"c\",\"restricted: ");
  }

  @Test
  void aKnownKeyWritesAndReadsBackItsOwnAndOthers() {
    again(
        Map.of(
            "nostr.writers", "members",
            "nostr.readers", "members",
            "nostr.members", ANN.publicKey().hex()));
    client.authenticate(ANN);
    Event own = note(ANN, NOW + 1, "own");
    Event others = note(BOB, NOW, "another's");
    client.publish(own, others);
    assertThat(client.ids("{}")).isEqualTo(ids(own, others));
  }

  // What it says of itself.

  @Test
  void claimsTheNipsThatItHasAndNoOthers() {
    assertThat(claimed()).isEqualTo("1,2,4,9,11,13,17,28,40,42,45,50,59,62,65,70,77,86,91,98");
    again(Map.of("nostr.tell_extent", "true", "nostr.membership", "true"));
    assertThat(claimed())
        .isEqualTo("1,2,4,9,11,13,17,28,40,42,43,45,50,59,62,65,67,70,77,86,91,98");
  }

  private String claimed() {
    String document =
        served.send(served.request("/").header("Accept", "application/nostr+json")).body();
    return document.replaceFirst("(?s).*\"supported_nips\":\\[([0-9,]*)].*", "$1");
  }

  // Connections.

  @Test
  void aClientMayReconnectAtOnce() {
    for (int round = 0; round < 20; round++) {
      client.close();
      client = NostrClient.of(served);
    }
    client.publish(note(ANN, NOW, "still here"));
  }

  @Test
  void letsSoManyConnectionsInAsItIsToldAndNoMore() {
    again(Map.of("connections.per_loopback_address_max", "2"));
    assertThatThrownBy(
            () -> {
              try (NostrClient second = NostrClient.of(served);
                  NostrClient third = NostrClient.of(served)) {
                third.say(second.challenge());
              }
            })
        .hasMessageContaining("WebSocketHandshakeException");
    client.publish(note(ANN, NOW, "the first stays"));
  }

  @Test
  void theRelayIsAtItsOwnPathOnly() {
    assertThatThrownBy(() -> Socket.at(served, "/chat"))
        .hasMessageContaining("WebSocketHandshakeException");
  }
}
