package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.ids;
import static dev.anabranch.server.NostrClient.key;
import static dev.anabranch.server.NostrClient.note;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.kernel.check.FoldCheck;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.nostr.reconcile.Reconciliation;
import dev.anabranch.nostr.reconcile.RecordSet;
import dev.anabranch.server.configuration.ModelsFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a relay promises on the wire, sat by a whole server over every store.
@Timeout(120)
@SuppressWarnings("NullAway.Init") // JUnit calls open first
abstract class RelayContract {

  private static final Comparator<Event> NEWEST_FIRST =
      Comparator.comparing(Event::createdAtSeconds).reversed().thenComparing(Event::id);

  private static final SecretKey ANN = key(1);
  private static final SecretKey BOB = key(2);
  private static final SecretKey EVE = key(3);

  private Served served;
  private NostrClient client;

  abstract StoreOpener store();

  @BeforeEach
  void open() {
    served = Served.open(Map.of(), store());
    client = NostrClient.of(served);
  }

  @AfterEach
  void stateIsTheFoldOfTheLog() {
    client.close();
    try (Served last = served) {
      assertThat(new FoldCheck(last.store(), ModelsFile.shipped()).everything()).isEmpty();
    }
  }

  private static String author(SecretKey key) {
    return "\"authors\":[\"" + key.publicKey() + "\"]";
  }

  // Events (NIP-01).

  @Test
  void servesAnEventByteForByteAsItCame() {
    Event note = note(ANN, NOW, "hallo \u00fc \ud83d\ude80");
    String spaced = note.json().replace("\",\"", "\" ,\n \"");
    assertThat(client.answer(spaced, note)).isEqualTo("true ");
    assertThat(client.stored("s", "{}").getFirst()).isEqualTo(spaced);
  }

  @Test
  void answersAnEventThatIsHereAlreadyAsADuplicate() {
    Event note = note(ANN, NOW, "once");
    client.publish(note);
    assertThat(client.answer(note)).startsWith("true duplicate: ");
    assertThat(client.ids("{}")).isEqualTo(ids(note));
  }

  @Test
  void refusesAnEventWhoseIdIsNotItsHash() {
    Event note = note(ANN, NOW, "one");
    String wrong = note.json().replace("\"content\":\"one\"", "\"content\":\"two\"");
    assertThat(client.answer(wrong, note)).startsWith("false invalid: ");
  }

  @Test
  void refusesAnEventThatSomebodyElseSigned() {
    Event note = note(ANN, NOW, "one");
    String wrong =
        note.json().replace(note.signature().hex(), note(BOB, NOW, "").signature().hex());
    assertThat(client.answer(wrong, note)).startsWith("false invalid: ");
    assertThat(client.ids("{}")).isEmpty();
  }

  @Test
  void refusesAnUpperCaseId() {
    Event note = note(ANN, NOW, "upper");
    String upper = note.id().hex().toUpperCase(Locale.ROOT);
    client.say("[\"EVENT\"," + note.json().replace(note.id().hex(), upper) + "]");
    assertThat(client.frame()).startsWith("[\"OK\",\"" + upper + "\",false,\"invalid: ");
    assertThat(client.ids("{\"authors\":[\"" + ANN.publicKey() + "\"]}")).isEmpty();
  }

  @Test
  void answersEveryEventWhoseIdIsATextWithAnOkOfThatId() {
    Event note = note(ANN, NOW, "odd");
    for (String id : List.of("short", "0x" + note.id(), "g".repeat(64), "A".repeat(128))) {
      client.say("[\"EVENT\"," + note.json().replace(note.id().hex(), id) + "]");
      assertThat(client.frame()).startsWith("[\"OK\",\"" + id + "\",false,\"invalid: ");
    }
    for (String id : List.of("", "A".repeat(129), "\\\\u0041")) { // nothing that an OK could repeat
      client.say("[\"EVENT\"," + note.json().replace(note.id().hex(), id) + "]");
      assertThat(client.frame()).startsWith("[\"NOTICE\",\"invalid: ");
    }
  }

  @Test
  void anAuthenticationIsShownToNobodyAndNeverPublished() {
    try (NostrClient listener = NostrClient.of(served)) {
      listener.stored("l", "{\"kinds\":[1,22242]}");
      assertThat(client.authenticate(ANN)).contains(",true,");
      Event proof =
          event(ANN, 22_242, System.currentTimeMillis() / 1000, "", Tag.of("relay", "ws://a/"));
      assertThat(client.answer(proof))
          .startsWith("false invalid: an authentication is sent as AUTH");
      Event after = note(ANN, NOW, "after it");
      client.publish(after);
      assertThat(listener.frame()).isEqualTo("[\"EVENT\",\"l\"," + after.json() + "]");
      assertThat(listener.ids("{\"kinds\":[22242]}")).isEmpty();
    }
  }

  @Test
  void refusesAnHttpAuthenticationThatIsPublished() {
    Event proof =
        event(
            ANN,
            27_235,
            System.currentTimeMillis() / 1000,
            "",
            Tag.of("u", "http://127.0.0.1/"),
            Tag.of("method", "GET"));
    assertThat(client.answer(proof)).startsWith("false invalid: an HTTP authentication");
    assertThat(client.ids("{\"kinds\":[27235]}")).isEmpty();
  }

  @Test
  void refusesASealThatHasTags() {
    Event tagged = event(ANN, 13, NOW, "sealed", Tag.of("p", BOB.publicKey().hex()));
    assertThat(client.answer(tagged)).isEqualTo("false invalid: a seal has no tags (NIP-59)");
    client.publish(event(ANN, 13, NOW, "sealed"));
  }

  @Test
  void refusesAnEventFromTooFarAhead() {
    Event future = note(ANN, System.currentTimeMillis() / 1000 + 3600, "later");
    assertThat(client.answer(future)).startsWith("false invalid: ");
  }

  @Test
  void answersWhatIsNoMessageWithANotice() {
    assertThat(client.say("[\"HELLO\"]").frame()).startsWith("[\"NOTICE\",\"invalid: ");
    assertThat(client.say("[").frame()).startsWith("[\"NOTICE\",\"invalid: ");
    assertThat(client.say("[\"REQ\",\"x\",{\"kinds\":\"1\"}]").frame())
        .startsWith("[\"CLOSED\",\"x\",\"invalid: ");
    assertThat(client.say("[\"REQ\",\"\",{}]").frame()).startsWith("[\"CLOSED\",\"\",\"invalid: ");
    assertThat(client.say("[\"REQ\",\"x\",{\"colour\":\"red\"}]").frame())
        .startsWith("[\"CLOSED\",\"x\",\"unsupported: ");
  }

  // Kinds.

  @Test
  void keepsTheNewestReplaceableEventWhateverTheOrder() {
    Event old = event(ANN, 0, NOW, "{\"name\":\"old\"}");
    Event fresh = event(ANN, 0, NOW + 5, "{\"name\":\"new\"}");
    client.publish(fresh);
    assertThat(client.answer(old)).startsWith("false blocked: ");
    assertThat(client.ids("{\"kinds\":[0]}")).isEqualTo(ids(fresh));
    Event contacts = event(ANN, 3, NOW, "");
    Event more = event(ANN, 3, NOW + 1, "");
    client.publish(contacts, more);
    assertThat(client.ids("{\"kinds\":[3]}")).isEqualTo(ids(more));
  }

  @Test
  void keepsTheLowestIdOfTwoReplaceableEventsOfOneSecond() {
    Event one = event(ANN, 10_002, NOW, "a");
    Event other = event(ANN, 10_002, NOW, "b");
    Event lower = one.id().compareTo(other.id()) < 0 ? one : other;
    Event higher = lower.equals(one) ? other : one;
    client.publish(lower);
    assertThat(client.answer(higher)).startsWith("false blocked: ");
    assertThat(client.ids("{\"kinds\":[10002]}")).isEqualTo(ids(lower));
    client.publish(event(BOB, 10_002, NOW, "his own"));
    assertThat(client.ids("{\"kinds\":[10002]}")).hasSize(2);
  }

  @Test
  void keepsTheNewestAddressableEventForEachIdentifier() {
    Event a1 = event(ANN, 30_001, NOW, "1", Tag.of("d", "a"));
    Event a2 = event(ANN, 30_001, NOW + 1, "2", Tag.of("d", "a"));
    Event b1 = event(ANN, 30_001, NOW + 2, "3", Tag.of("d", "b"));
    Event none = event(ANN, 30_001, NOW + 3, "4");
    Event odd = event(ANN, 30_001, NOW + 4, "5", Tag.of("d", "x\n" + "y".repeat(600)));
    client.publish(a1, a2, b1, none, odd);
    assertThat(client.ids("{\"kinds\":[30001]}")).isEqualTo(ids(odd, none, b1, a2));
    assertThat(client.ids("{\"kinds\":[30001],\"#d\":[\"a\"]}")).isEqualTo(ids(a2));
  }

  @Test
  void showsAnEphemeralEventAndKeepsItNot() {
    Event unheard = event(ANN, 20_001, NOW, "nobody");
    assertThat(client.answer(unheard)).startsWith("false mute: ");
    try (NostrClient listener = NostrClient.of(served)) {
      assertThat(listener.stored("l", "{\"kinds\":[20001]}")).hasSize(1);
      Event heard = event(ANN, 20_001, NOW, "somebody");
      client.publish(heard);
      assertThat(listener.frame()).isEqualTo("[\"EVENT\",\"l\"," + heard.json() + "]");
      assertThat(client.ids("{\"kinds\":[20001]}")).isEmpty();
    }
  }

  // Filters.

  @Test
  void givesTheNewestFirstAndTiesByTheLowestId() {
    List<Event> events = new ArrayList<>();
    for (int index = 0; index < 12; index++) {
      events.add(note(ANN, NOW + index / 3, "n" + index));
    }
    events.forEach(client::publish);
    List<String> expected =
        events.stream().sorted(NEWEST_FIRST).map(event -> event.id().hex()).toList();
    assertThat(client.ids("{}")).isEqualTo(expected);
    assertThat(client.ids("{\"limit\":5}")).isEqualTo(expected.subList(0, 5));
  }

  @Test
  void givesNothingStoredForTheLimitZeroAndStaysLive() {
    client.publish(note(ANN, NOW, "before"));
    assertThat(client.stored("zero", "{\"limit\":0}")).hasSize(1);
    Event after = note(ANN, NOW + 1, "after");
    try (NostrClient other = NostrClient.of(served)) {
      other.publish(after);
    }
    assertThat(client.frame()).isEqualTo("[\"EVENT\",\"zero\"," + after.json() + "]");
  }

  @Test
  void takesSinceAndUntilInclusively() {
    Event one = note(ANN, NOW, "1");
    Event two = note(ANN, NOW + 1, "2");
    Event three = note(ANN, NOW + 2, "3");
    client.publish(one, two, three);
    assertThat(client.ids("{\"since\":" + (NOW + 1) + "}")).isEqualTo(ids(three, two));
    assertThat(client.ids("{\"until\":" + (NOW + 1) + "}")).isEqualTo(ids(two, one));
    assertThat(client.ids("{\"since\":" + (NOW + 1) + ",\"until\":" + (NOW + 1) + "}"))
        .isEqualTo(ids(two));
  }

  @Test
  void joinsTheDemandsOfAFilterAndUnitesFiltersWithoutDoubles() {
    Event tagged = note(ANN, NOW, "x", Tag.of("t", "cat"), Tag.of("t", "dog"));
    Event other = note(BOB, NOW + 1, "y", Tag.of("t", "cat"));
    Event plain = note(BOB, NOW + 2, "z", Tag.of("title", "cat"));
    client.publish(tagged, other, plain);
    assertThat(client.ids("{\"#t\":[\"cat\"]}")).isEqualTo(ids(other, tagged));
    assertThat(client.ids("{\"#t\":[\"cat\"]," + author(ANN) + "}")).isEqualTo(ids(tagged));
    assertThat(client.ids("{\"&t\":[\"cat\",\"dog\"]}")).isEqualTo(ids(tagged));
    assertThat(client.ids("{\"#t\":[\"dog\",\"cat\"]}", "{" + author(BOB) + "}", "{}"))
        .isEqualTo(ids(plain, other, tagged));
    assertThat(client.ids("{\"ids\":[\"" + tagged.id() + "\"],\"#t\":[\"bird\"]}")).isEmpty();
    assertThat(client.ids("{\"kinds\":[]}")).isEmpty();
  }

  @Test
  void looksAtTheFirstValueOfATagOnly() {
    Event event = note(ANN, NOW, "x", Tag.of("t", "first", "second"));
    client.publish(event);
    assertThat(client.ids("{\"#t\":[\"first\"]}")).hasSize(1);
    assertThat(client.ids("{\"#t\":[\"second\"]}")).isEmpty();
  }

  @Test
  void findsWordsWhateverTheirCase() {
    Event fox = note(ANN, NOW, "The quick brown Fox, \u00dcBER all");
    Event dog = note(ANN, NOW + 1, "the lazy dog");
    client.publish(fox, dog);
    assertThat(client.ids("{\"search\":\"the\"}")).isEqualTo(ids(dog, fox));
    assertThat(client.ids("{\"search\":\"FOX quick\"}")).isEqualTo(ids(fox));
    assertThat(client.ids("{\"search\":\"\u00fcber\"}")).isEqualTo(ids(fox));
    assertThat(client.ids("{\"search\":\"fox dog\"}")).isEmpty();
    assertThat(client.ids("{\"search\":\"dog language:en\"}")).isEqualTo(ids(dog));
    assertThat(client.ids("{\"search\":\"do\"}")).isEmpty();
  }

  @Test
  void saysWhetherThatWasAllWhenItIsToldTo() {
    for (int index = 0; index < 4; index++) {
      client.publish(note(ANN, NOW + index, "n" + index));
    }
    assertThat(client.stored("a", "{}").getLast()).isEqualTo("[\"EOSE\",\"a\"]");
    serve(Map.of("nostr.tell_extent", "true"));
    assertThat(client.stored("a", "{}").getLast()).isEqualTo("[\"EOSE\",\"a\",[\"finish\"]]");
    assertThat(client.stored("b", "{\"limit\":4}").getLast())
        .isEqualTo("[\"EOSE\",\"b\",[\"finish\"]]");
    assertThat(client.stored("c", "{\"limit\":3}").getLast())
        .isEqualTo("[\"EOSE\",\"c\",[\"more\"]]");
  }

  @Test
  void countsAsManyAsItGives() {
    client.publish(note(ANN, NOW, "1"), note(BOB, NOW, "2"), note(BOB, NOW + 1, "3"));
    assertThat(client.say("[\"COUNT\",\"n\",{}]").frame())
        .startsWith("[\"COUNT\",\"n\",{\"count\":3");
    assertThat(client.say("[\"COUNT\",\"n\",{" + author(BOB) + "}]").frame())
        .startsWith("[\"COUNT\",\"n\",{\"count\":2");
  }

  // Subscriptions.

  @Test
  void tellsNewEventsOnceAndOnlyToThoseWhoAskedForThem() {
    assertThat(client.stored("mine", "{" + author(ANN) + "}", "{\"kinds\":[1]}")).hasSize(1);
    try (NostrClient writer = NostrClient.of(served)) {
      Event note = note(ANN, NOW, "for all filters");
      writer.publish(note, event(BOB, 7, NOW, "+"), note(BOB, NOW + 1, "kind one"));
      assertThat(client.frame()).isEqualTo("[\"EVENT\",\"mine\"," + note.json() + "]");
      assertThat(client.frame()).contains("kind one");
    }
  }

  @Test
  void replacesASubscriptionOfTheSameIdAndEndsAClosedOne() {
    client.stored("one", "{\"kinds\":[1]}");
    client.stored("one", "{\"kinds\":[7]}");
    client.stored("two", "{\"kinds\":[1]}");
    client.say("[\"CLOSE\",\"two\"]");
    client.settle();
    Event like = event(BOB, 7, NOW, "+");
    try (NostrClient writer = NostrClient.of(served)) {
      writer.publish(note(ANN, NOW, "nobody asks any more"), like);
    }
    assertThat(client.frame()).isEqualTo("[\"EVENT\",\"one\"," + like.json() + "]");
  }

  @Test
  void refusesMoreSubscriptionsThanItTells() {
    for (int index = 0; index < 64; index++) {
      assertThat(client.stored("s" + index, "{}").getLast()).startsWith("[\"EOSE\"");
    }
    assertThat(client.stored("last", "{}"))
        .containsExactly("[\"CLOSED\",\"last\",\"blocked: at most 64 subscriptions at a time\"]");
    assertThat(client.stored("s1", "{}").getLast()).startsWith("[\"EOSE\"");
  }

  @Test
  void findsAReplaceableEventAlsoWhileItIsReplaced() {
    client.publish(event(ANN, 0, NOW, "{}"));
    CompletableFuture<Void> replacing =
        CompletableFuture.runAsync(() -> {
          try (NostrClient writer = NostrClient.of(served)) {
            for (int round = 1; round <= 400; round++) {
              writer.publish(event(ANN, 0, NOW + round, "{}"));
            }
          }
        });
    for (int round = 0; round < 20 || !replacing.isDone(); round++) {
      List<String> stored = client.stored("r" + round, "{\"kinds\":[0]}");
      client.say("[\"CLOSE\",\"r" + round + "\"]");
      assertThat(stored).as("round " + round).hasSize(2);
      NostrClient.pause();
    }
    replacing.join();
  }

  @Test
  void losesAndDoublesNothingBetweenStoredAndLive() {
    int count = 400;
    try (NostrClient writer = NostrClient.of(served)) {
      Thread publishing =
          Thread.ofVirtual()
              .start(() -> {
                for (int index = 0; index < count; index++) {
                  writer.publish(note(ANN, NOW + index, "n" + index));
                }
              });
      List<String> seen = new ArrayList<>();
      for (int round = 0; round < 10; round++) {
        seen.clear();
        client.say("[\"CLOSE\",\"r" + (round - 1) + "\"]");
        List<String> stored = client.stored("r" + round, "{\"limit\":5000}");
        stored.subList(0, stored.size() - 1).forEach(json -> seen.add(NostrClient.id(json)));
      }
      String opening = "[\"EVENT\",\"r9\",";
      while (seen.size() < count) {
        String frame = client.frame();
        assertThat(frame).startsWith(opening);
        seen.add(NostrClient.id(frame.substring(opening.length(), frame.length() - 1)));
      }
      assertThat(seen).doesNotHaveDuplicates().hasSize(count);
      join(publishing);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  // Deletion (NIP-09).

  @Test
  void deletesByIdForEverButNothingOfOthers() {
    Event note = note(ANN, NOW, "mistake");
    Event others = note(BOB, NOW, "hers not");
    client.publish(note, others);
    Event deletion =
        event(ANN, 5, NOW + 5, "", Tag.of("e", note.id().hex()), Tag.of("e", others.id().hex()));
    client.publish(deletion);
    assertThat(client.ids("{\"kinds\":[1]}")).isEqualTo(ids(others));
    assertThat(client.ids("{\"kinds\":[5]}")).isEqualTo(ids(deletion));
    assertThat(client.answer(note)).startsWith("false blocked: ");
    assertThat(served.get("/sync/delta?scope=user:" + ANN.publicKey() + "&lastSyncId=0").body())
        .doesNotContain("mistake")
        .contains(
            "\"model_id\":\""
                + note.id().hex()
                + "\",\"action\":\"delete\",\"data\":null,\"version\":1,",
            "\"erased\":true");
  }

  @Test
  void refusesWhatWasDeletedBeforeItCame() {
    Event note = note(ANN, NOW, "late");
    Event profile = event(ANN, 0, NOW, "{}");
    client.publish(
        event(ANN, 5, NOW + 5, "", Tag.of("e", note.id().hex()), Tag.of("e", profile.id().hex())));
    assertThat(client.answer(note)).startsWith("false blocked: ");
    assertThat(client.answer(profile)).startsWith("false blocked: ");
  }

  @Test
  void deletesAReplaceableEventByItsId() {
    Event profile = event(ANN, 0, NOW, "{}");
    client.publish(profile);
    client.publish(event(ANN, 5, NOW + 5, "", Tag.of("e", profile.id().hex())));
    assertThat(client.ids("{\"kinds\":[0]}")).isEmpty();
    assertThat(client.answer(profile)).startsWith("false blocked: ");
    Event again = event(ANN, 0, NOW + 10, "{\"a\":1}");
    client.publish(again);
    assertThat(client.ids("{\"kinds\":[0]}")).isEqualTo(ids(again));
  }

  @Test
  void deletesVersionsAtAnAddressUpToTheRequestsTimeAndTouchesNothingElse() {
    Event old = event(ANN, 30_023, NOW, "old", Tag.of("d", "post"));
    Event note = note(ANN, NOW, "stays");
    client.publish(old, note);
    String address = "30023:" + ANN.publicKey() + ":post";
    client.publish(event(ANN, 5, NOW + 5, "", Tag.of("a", address)));
    assertThat(client.ids("{\"kinds\":[30023,1]}")).isEqualTo(ids(note));
    assertThat(client.answer(event(ANN, 30_023, NOW + 5, "same", Tag.of("d", "post"))))
        .startsWith("false blocked: ");
    Event later = event(ANN, 30_023, NOW + 6, "later", Tag.of("d", "post"));
    client.publish(later);
    assertThat(client.ids("{\"kinds\":[30023]}")).isEqualTo(ids(later));
    client.publish(event(BOB, 5, NOW + 50, "", Tag.of("a", address)));
    assertThat(client.ids("{\"kinds\":[30023]}")).isEqualTo(ids(later));
  }

  @Test
  void deletesNoDeletion() {
    Event note = note(ANN, NOW, "gone");
    Event deletion = event(ANN, 5, NOW + 1, "", Tag.of("e", note.id().hex()));
    client.publish(note, deletion);
    client.publish(event(ANN, 5, NOW + 2, "", Tag.of("e", deletion.id().hex())));
    assertThat(client.ids("{\"kinds\":[5]}")).hasSize(2);
    assertThat(client.answer(note)).startsWith("false blocked: ");
  }

  // Expiry (NIP-40).

  @Test
  void refusesWhatHasExpired() {
    Event expired = note(ANN, NOW, "old", Tag.of("expiration", Long.toString(NOW + 1)));
    assertThat(client.answer(expired)).startsWith("false invalid: ");
    Event lasting = note(ANN, NOW, "new", Tag.of("expiration", Long.toString(NOW + 100_000)));
    client.publish(lasting);
    assertThat(client.ids("{}")).isEqualTo(ids(lasting));
  }

  // Who one is (NIP-42, 17, 59, 70).

  @Test
  void acceptsSeveralKeysOnOneConnection() {
    assertThat(client.authenticate(ANN)).contains(",true,");
    assertThat(client.authenticate(BOB)).contains(",true,");
    Event toAnn = event(EVE, 1059, NOW, "sealed", Tag.of("p", ANN.publicKey().hex()));
    Event toBob = event(EVE, 1059, NOW + 1, "sealed", Tag.of("p", BOB.publicKey().hex()));
    client.publish(toAnn, toBob);
    assertThat(client.ids("{\"kinds\":[1059]}")).isEqualTo(ids(toBob, toAnn));
  }

  @Test
  void refusesAnAuthenticationForAnotherRelayOrChallengeOrTime() {
    long now = System.currentTimeMillis() / 1000;
    Tag relay = Tag.of("relay", "ws://127.0.0.1/");
    Tag challenge = Tag.of("challenge", client.challenge());
    assertThat(
            List.of(
                event(ANN, 22_242, now, "", Tag.of("relay", "wss://other.example/"), challenge),
                event(ANN, 22_242, now, "", relay, Tag.of("challenge", "other")),
                event(ANN, 22_242, now - 3600, "", relay, challenge),
                event(ANN, 1, now, "", relay, challenge)))
        .allSatisfy(event -> assertThat(client.authenticate(event)).contains(",false,\"invalid: "));
    assertThat(client.answer(event(ANN, 22_242, now, "", relay, challenge)))
        .startsWith("false invalid: ");
  }

  @Test
  void showsPrivateKindsToTheirPartiesOnly() {
    Event wrap = event(EVE, 1059, NOW, "sealed", Tag.of("p", ANN.publicKey().hex()));
    Event message = event(EVE, 4, NOW + 1, "secret", Tag.of("p", ANN.publicKey().hex()));
    client.publish(wrap, message);
    assertThat(client.stored("x", "{\"kinds\":[1059,4]}"))
        .containsExactly(
            "[\"CLOSED\",\"x\",\"auth-required: these kinds are for their parties only;"
                + " authenticate\"]");
    assertThat(client.ids("{}")).isEmpty();
    assertThat(client.ids("{\"ids\":[\"" + wrap.id() + "\"]}")).isEmpty();
    assertThat(client.say("[\"COUNT\",\"n\",{}]").frame())
        .startsWith("[\"COUNT\",\"n\",{\"count\":0");
    client.authenticate(BOB);
    assertThat(client.ids("{\"kinds\":[1059,4]}")).isEmpty();
    assertThat(client.say("[\"COUNT\",\"n\",{\"kinds\":[1059,4]}]").frame())
        .startsWith("[\"COUNT\",\"n\",{\"count\":0");
    try (NostrClient eve = NostrClient.of(served);
        NostrClient ann = NostrClient.of(served)) {
      eve.authenticate(EVE);
      assertThat(eve.ids("{\"kinds\":[1059,4]}")).isEqualTo(ids(message));
      ann.authenticate(ANN);
      assertThat(ann.ids("{\"kinds\":[1059,4]}")).isEqualTo(ids(message, wrap));
    }
  }

  @Test
  void tellsNewPrivateEventsToTheirPartiesOnly() {
    try (NostrClient ann = NostrClient.of(served)) {
      ann.authenticate(ANN);
      ann.stored("live", "{}");
      client.stored("live", "{}");
      Event wrap = event(EVE, 1059, NOW, "sealed", Tag.of("p", ANN.publicKey().hex()));
      Event open = note(EVE, NOW, "open");
      try (NostrClient eve = NostrClient.of(served)) {
        eve.publish(wrap, open);
      }
      assertThat(ann.frame()).contains(wrap.id().hex());
      assertThat(ann.frame()).contains(open.id().hex());
      assertThat(client.frame()).contains(open.id().hex());
    }
  }

  @Test
  void letsTheRecipientDeleteAGiftWrap() {
    Event wrap = event(EVE, 1059, NOW, "sealed", Tag.of("p", ANN.publicKey().hex()));
    client.publish(wrap);
    client.publish(event(BOB, 5, NOW + 1, "", Tag.of("e", wrap.id().hex())));
    client.authenticate(ANN);
    assertThat(client.ids("{\"kinds\":[1059]}")).hasSize(1);
    client.publish(event(ANN, 5, NOW + 1, "", Tag.of("e", wrap.id().hex())));
    assertThat(client.ids("{\"kinds\":[1059]}")).isEmpty();
    assertThat(client.answer(wrap)).startsWith("false blocked: ");
  }

  @Test
  void acceptsAProtectedEventFromItsAuthorOnly() {
    Event secret = note(ANN, NOW, "here only", Tag.of("-"));
    assertThat(client.answer(secret)).startsWith("false auth-required: ");
    client.authenticate(BOB);
    assertThat(client.answer(secret)).startsWith("false restricted: ");
    Event repost = event(BOB, 6, NOW, secret.json(), Tag.of("e", secret.id().hex()));
    assertThat(client.answer(repost)).startsWith("false blocked: ");
    client.authenticate(ANN);
    client.publish(secret);
  }

  // Vanishing (NIP-62).

  @Test
  void forgetsSomebodyUpToTheTimeOfTheRequestForEver() {
    Event note = note(ANN, NOW, "past");
    Event deleted = note(ANN, NOW, "deleted");
    Event deletion = event(ANN, 5, NOW + 1, "", Tag.of("e", deleted.id().hex()));
    Event wrap = event(EVE, 1059, NOW, "sealed", Tag.of("p", ANN.publicKey().hex()));
    Event others = note(BOB, NOW, "stays");
    Event later = note(ANN, NOW + 100, "future");
    client.publish(note, deleted, deletion, wrap, others, later);
    assertThat(client.answer(event(ANN, 62, NOW + 50, "", Tag.of("relay", "wss://other.example"))))
        .startsWith("false invalid: ");
    Event vanish = event(ANN, 62, NOW + 50, "bye", Tag.of("relay", "ALL_RELAYS"));
    client.publish(vanish);
    client.authenticate(ANN);
    assertThat(client.ids("{}")).isEqualTo(ids(later, vanish, others));
    assertThat(client.answer(note)).startsWith("false blocked: ");
    assertThat(client.answer(note(ANN, NOW + 50, "same time"))).startsWith("false blocked: ");
    client.publish(event(ANN, 5, NOW + 60, "", Tag.of("e", vanish.id().hex())));
    assertThat(client.answer(note)).startsWith("false blocked: ");
    client.publish(note(ANN, NOW + 70, "born again"));
  }

  // Counting and reconciling.

  @Test
  void countsAuthorsInRegistersThatCanBeMerged() {
    String target = note(BOB, NOW, "liked").id().hex();
    for (int number = 1; number <= 5; number++) {
      client.publish(event(key(number), 7, NOW, "+", Tag.of("e", target)));
    }
    client.say("[\"COUNT\",\"n\",{\"kinds\":[7],\"#e\":[\"" + target + "\"]}]");
    assertThat(client.frame()).matches(".*\"count\":5.*\"hll\":\"[0-9a-f]{512}\".*");
  }

  @Test
  void reconcilesWhatTwoSidesHave() {
    List<RecordSet.Record> mine = new ArrayList<>();
    Set<String> theirs = new HashSet<>();
    Set<String> ours = new HashSet<>();
    for (int index = 0; index < 200; index++) {
      Event note = note(ANN, NOW + index / 4, "n" + index);
      boolean here = index % 10 != 0;
      boolean there = index % 7 != 0;
      if (there) {
        client.publish(note);
      }
      if (here) {
        mine.add(new RecordSet.Record(note.createdAtSeconds(), note.id()));
      }
      if (here && !there) {
        ours.add(note.id().hex());
      } else if (there && !here) {
        theirs.add(note.id().hex());
      }
    }
    Reconciliation reconciliation = new Reconciliation(RecordSet.of(mine), 0);
    HexFormat hex = HexFormat.of();
    Set<String> have = new HashSet<>();
    Set<String> need = new HashSet<>();
    client.say(
        "[\"NEG-OPEN\",\"r\",{\"kinds\":[1]},\"" + hex.formatHex(reconciliation.opening()) + "\"]");
    boolean last = false;
    while (!last) {
      String frame = client.frame();
      assertThat(frame).startsWith("[\"NEG-MSG\",\"r\",\"");
      byte[] answer = hex.parseHex(frame.substring(16, frame.length() - 2));
      Reconciliation.Step step = reconciliation.receive(answer).orThrow();
      step.have().forEach(id -> have.add(id.hex()));
      step.need().forEach(id -> need.add(id.hex()));
      last = step.isLast();
      if (!last) {
        client.say("[\"NEG-MSG\",\"r\",\"" + hex.formatHex(step.next()) + "\"]");
      }
    }
    assertThat(have).isEqualTo(ours);
    assertThat(need).isEqualTo(theirs);
    client.say("[\"NEG-CLOSE\",\"r\"]").say("[\"NEG-MSG\",\"r\",\"61\"]");
    assertThat(client.frame()).startsWith("[\"NEG-ERR\",\"r\",\"closed: ");
  }

  @Test
  void reconcilesNothingThatOneMayNotSee() {
    client.publish(event(EVE, 1059, NOW, "sealed", Tag.of("p", ANN.publicKey().hex())));
    String opening =
        HexFormat.of().formatHex(new Reconciliation(RecordSet.of(List.of()), 0).opening());
    client.say("[\"NEG-OPEN\",\"r\",{\"kinds\":[1059]},\"" + opening + "\"]");
    assertThat(client.frame()).startsWith("[\"NEG-ERR\",\"r\",\"auth-required: ");
    client.say("[\"NEG-OPEN\",\"r\",{},\"" + opening + "\"]");
    assertThat(client.frame()).doesNotContain("NEG-ERR").hasSizeLessThan(60);
  }

  // Policy.

  private void serve(Map<String, String> settings) {
    client.close();
    served.close();
    served = Served.open(settings, store());
    client = NostrClient.of(served);
  }

  @Test
  void takesEventsFromMembersOnlyWhenToldTo() {
    serve(Map.of("nostr.writers", "members", "nostr.members", ANN.publicKey().hex()));
    client.publish(note(ANN, NOW, "a member's"));
    assertThat(client.answer(note(BOB, NOW, "a stranger's"))).startsWith("false auth-required: ");
    client.authenticate(EVE);
    assertThat(client.answer(note(BOB, NOW, "a stranger's"))).startsWith("false restricted: ");
    client.authenticate(ANN);
    client.publish(note(BOB, NOW, "brought by a member"));
  }

  @Test
  void letsNobodyReadWithoutAKeyWhenToldTo() {
    serve(Map.of("nostr.readers", "authenticated"));
    client.publish(note(ANN, NOW, "hidden"));
    assertThat(client.stored("s", "{}").getFirst())
        .startsWith("[\"CLOSED\",\"s\",\"auth-required: ");
    assertThat(client.say("[\"COUNT\",\"s\",{}]").frame())
        .startsWith("[\"CLOSED\",\"s\",\"auth-required: ");
    client.authenticate(BOB);
    assertThat(client.ids("{}")).hasSize(1);
  }

  @Test
  void refusesBannedKeysAndKindsTooLittleWorkAndTooMuchSpeed() {
    serve(
        Map.of(
            "nostr.banned", BOB.publicKey().hex(),
            "nostr.banned_kinds", "7",
            "nostr.author_events_per_second", "1",
            "nostr.author_events_burst", "2"));
    assertThat(client.answer(note(BOB, NOW, "no"))).startsWith("false blocked: ");
    assertThat(client.answer(event(ANN, 7, NOW, "+"))).startsWith("false blocked: ");
    client.publish(note(ANN, NOW, "one"), note(ANN, NOW, "two")); // what was refused cost nothing
    assertThat(client.answer(note(ANN, NOW, "three"))).startsWith("false rate-limited: ");
    serve(Map.of("nostr.work_bits_min", "200"));
    assertThat(client.answer(note(ANN, NOW, "lazy"))).startsWith("false pow: ");
  }

  @Test
  void keepsEventsAndTombstonesOverARestart() {
    Event kept = note(ANN, NOW, "kept");
    Event gone = note(ANN, NOW, "gone");
    client.publish(kept, gone, event(ANN, 5, NOW + 1, "", Tag.of("e", gone.id().hex())));
    serve(Map.of());
    assertThat(client.ids("{\"kinds\":[1]}")).isEqualTo(ids(kept));
    assertThat(client.answer(gone)).startsWith("false blocked: ");
    assertThat(client.answer(kept)).startsWith("true duplicate: ");
  }

  // The relay's document (NIP-11).

  @Test
  void tellsWhatItIsToWhoeverAsksForThat() {
    var answer = served.send(served.request("/").header("Accept", "application/nostr+json"));
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    assertThat(answer.body()).contains("\"supported_nips\"").contains("\"max_subscriptions\":64");
    assertThat(served.get("/").body()).contains("\"server\":\"anabranch\"");
  }

  @Test
  void servesOtherProtocolsAtTheSameAddress() {
    Socket socket = Socket.at(served, "/");
    assertThat(socket.frame()).startsWith("[\"AUTH\",");
    socket.say("{\"type\":\"subscribe\",\"scope\":\"org:1\",\"lastSyncId\":0}");
    assertThat(socket.hear("\"live\"")).contains("org:1");
    Socket sync = Socket.at(served, "/sync");
    sync.say("[\"REQ\",\"s\",{}]");
    assertThat(sync.frame()).startsWith("[\"AUTH\",");
    assertThat(sync.frame()).startsWith("[\"EOSE\"");
  }
}
