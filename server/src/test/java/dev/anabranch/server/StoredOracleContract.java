package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.NaiveEvent;
import dev.anabranch.testkit.NaiveFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Stored queries answer as a relay does that keeps a list and looks at every event of it, whoever
/// asks: 100,000 random pairs of what is stored and what is asked, on PostgreSQL 20,000.
@Timeout(600)
abstract class StoredOracleContract {

  private static final int ROUNDS = 40;
  private static final int EVENTS_A_ROUND = 8;
  private static final int WINDOW = 50;
  private static final SecretKey ANN = key(1);
  private static final SecretKey BOB = key(2);

  /// Unhurried.
  static final Map<String, String> SETTINGS =
      Map.of(
          "nostr.frames_per_second", "0",
          "nostr.requests_per_second", "0",
          "nostr.address_requests_per_second", "0",
          "nostr.subscriptions_max", "1000");

  private final Random random = new Random(7);
  private final NaiveRelay naive = new NaiveRelay();
  private final RandomTraffic traffic = new RandomTraffic(random, naive);

  abstract StoreOpener store();

  int requestsARound() {
    return 2_500;
  }

  /// Who asks, by which keys.
  private record Reader(NostrClient client, Set<String> keys) {

    private static Reader of(Served served, SecretKey... keys) {
      NostrClient client = NostrClient.of(served);
      List<String> names = new ArrayList<>();
      for (SecretKey key : keys) {
        assertThat(client.authenticate(key)).contains(",true,");
        names.add(key.publicKey().hex());
      }
      return new Reader(client, Set.copyOf(names));
    }
  }

  @Test
  void answersAsARelayDoesThatLooksAtEveryEvent() {
    int asked = 0;
    try (Served served = Served.open(SETTINGS, store());
        NostrClient writer = NostrClient.of(served)) {
      List<Reader> readers =
          List.of(Reader.of(served), Reader.of(served, ANN), Reader.of(served, ANN, BOB));
      for (int round = 0; round < ROUNDS; round++) {
        for (int index = 0; index < EVENTS_A_ROUND; index++) {
          Event event = traffic.event(List.of());
          assertThat(writer.answer(event).startsWith("true"))
              .as(event.json())
              .isEqualTo(naive.takes(NaiveEvent.of(event.json())));
        }
        for (int from = 0; from < requestsARound(); from += WINDOW) {
          ask(readers.get(from / WINDOW % readers.size()));
          asked += WINDOW;
        }
      }
      readers.forEach(reader -> reader.client().close());
    }
    assertThat(asked).isEqualTo(ROUNDS * requestsARound());
  }

  private NaiveFilter filter() {
    return traffic.filter(List.of(), random.nextInt(10) == 0 ? 500 : 1 + random.nextInt(8));
  }

  private void ask(Reader reader) {
    List<List<NaiveFilter>> requests = new ArrayList<>();
    for (int index = 0; index < WINDOW; index++) {
      requests.add(random.nextInt(4) == 0 ? List.of(filter(), filter()) : List.of(filter()));
    }
    Map<String, List<String>> given = answers(reader.client(), requests);
    for (int index = 0; index < WINDOW; index++) {
      List<NaiveFilter> request = requests.get(index);
      List<String> expected =
          NaiveRelay.asksForAKey(request, reader.keys())
              ? List.of("auth-required")
              : naive.answer(request, reader.keys());
      assertThat(given.get("s" + index))
          .as("%s of %s by %s", request, naive, reader.keys())
          .isEqualTo(expected);
    }
    NaiveFilter counted = requests.getFirst().getFirst();
    if (!NaiveRelay.asksForAKey(List.of(counted), reader.keys())) {
      reader.client().say("[\"COUNT\",\"n\"," + counted.json() + "]");
      assertThat(reader.client().frame())
          .as("%s of %s by %s", counted, naive, reader.keys())
          .matches(
              "\\[\"COUNT\",\"n\",\\{\"count\":%d(,\"hll\":\"[0-9a-f]{512}\")?}]"
                  .formatted(naive.count(counted, reader.keys())));
    }
  }

  private static Map<String, List<String>> answers(
      NostrClient client, List<List<NaiveFilter>> requests) {
    Map<String, List<String>> answers = new HashMap<>();
    for (int index = 0; index < requests.size(); index++) {
      answers.put("s" + index, new ArrayList<>());
      String filters =
          String.join(",", requests.get(index).stream().map(NaiveFilter::json).toList());
      client.say("[\"REQ\",\"s" + index + "\"," + filters + "]");
    }
    int open = requests.size();
    while (open > 0) {
      String frame = client.frame();
      String[] parts = frame.split("\"", 8);
      List<String> answer = Objects.requireNonNull(answers.get(parts[3]));
      switch (parts[1]) {
        case "EVENT" -> answer.add(NostrClient.id(eventOf(frame, parts[3])));
        case "EOSE" -> open--;
        case "CLOSED" -> {
          answer.add(parts[5].replaceFirst(":.*", ""));
          open--;
        }
        default -> throw new AssertionError(frame);
      }
    }
    for (int index = 0; index < requests.size(); index++) {
      client.say("[\"CLOSE\",\"s" + index + "\"]");
    }
    return answers;
  }

  /// The event of a frame that tells one.
  static String eventOf(String frame, String subscription) {
    return frame.substring(12 + subscription.length(), frame.length() - 1);
  }
}
