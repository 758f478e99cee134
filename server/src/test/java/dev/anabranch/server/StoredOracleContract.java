package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.filter.Search;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Stored queries answer as a relay does that keeps a list and looks at every event of it: 100,000
/// random pairs of what is stored and what is asked, on PostgreSQL 20,000.
@Timeout(600)
abstract class StoredOracleContract {

  private static final int ROUNDS = 40;
  private static final int EVENTS_A_ROUND = 8;
  private static final int WINDOW = 50;
  private static final int AUTHORS = 5;
  private static final int SECONDS = 60;

  private final Random random = new Random(7);
  private final NaiveRelay naive = new NaiveRelay();

  abstract StoreOpener store();

  int requestsARound() {
    return 2_500;
  }

  @Test
  void answersAsARelayDoesThatLooksAtEveryEvent() {
    Map<String, String> unhurried =
        Map.of(
            "nostr.frames_per_second", "0",
            "nostr.requests_per_second", "0",
            "nostr.address_requests_per_second", "0",
            "nostr.subscriptions_max", "1000");
    int asked = 0;
    try (Served served = Served.open(unhurried, store());
        NostrClient client = NostrClient.of(served)) {
      for (int round = 0; round < ROUNDS; round++) {
        for (int index = 0; index < EVENTS_A_ROUND; index++) {
          Event event = next();
          assertThat(client.answer(event).startsWith("true")).isEqualTo(naive.takes(event));
        }
        for (int from = 0; from < requestsARound(); from += WINDOW) {
          ask(client);
          asked += WINDOW;
        }
      }
    }
    assertThat(asked).isEqualTo(ROUNDS * requestsARound());
  }

  private void ask(NostrClient client) {
    List<List<Filter>> requests = new ArrayList<>();
    for (int index = 0; index < WINDOW; index++) {
      requests.add(random.nextInt(4) == 0 ? List.of(filter(), filter()) : List.of(filter()));
    }
    Map<String, List<String>> given = answers(client, requests);
    for (int index = 0; index < WINDOW; index++) {
      List<Filter> request = requests.get(index);
      assertThat(given.get("s" + index))
          .as("%s of %s", request.stream().map(Filter::json).toList(), naive)
          .isEqualTo(naive.answer(request));
    }
    Filter counted = requests.getFirst().getFirst().withLimit(1);
    client.say("[\"COUNT\",\"n\"," + counted.json() + "]");
    assertThat(client.frame())
        .startsWith("[\"COUNT\",\"n\",{\"count\":" + naive.count(counted))
        .matches(".*\\{\"count\":[0-9]+[,}].*");
  }

  private static Map<String, List<String>> answers(
      NostrClient client, List<List<Filter>> requests) {
    Map<String, List<String>> answers = new HashMap<>();
    for (int index = 0; index < requests.size(); index++) {
      answers.put("s" + index, new ArrayList<>());
      String filters = String.join(",", requests.get(index).stream().map(Filter::json).toList());
      client.say("[\"REQ\",\"s" + index + "\"," + filters + "]");
    }
    int open = requests.size();
    while (open > 0) {
      String frame = client.frame();
      String[] parts = frame.split("\"", 8);
      switch (parts[1]) {
        case "EVENT" ->
            Objects.requireNonNull(answers.get(parts[3]))
                .add(NostrClient.id(eventOf(frame, parts[3])));
        case "EOSE" -> open--;
        default -> throw new AssertionError(frame);
      }
    }
    for (int index = 0; index < requests.size(); index++) {
      client.say("[\"CLOSE\",\"s" + index + "\"]");
    }
    return answers;
  }

  private static String eventOf(String frame, String subscription) {
    return frame.substring(12 + subscription.length(), frame.length() - 1);
  }

  // What is stored.

  private Event next() {
    List<Tag> tags = new ArrayList<>();
    for (int tag = random.nextInt(4); tag > 0; tag--) {
      tags.add(Tag.of(random.nextBoolean() ? "t" : "r", "v" + random.nextInt(5)));
    }
    int kind = List.of(1, 1, 7, 30, 1111, 0, 10_002, 30_001, 5).get(random.nextInt(9));
    if (kind == 30_001 && random.nextInt(4) > 0) {
      tags.add(Tag.of("d", "d" + random.nextInt(3)));
    }
    if (kind == 5) {
      for (int target = random.nextInt(3); target > 0 && !naive.events().isEmpty(); target--) {
        Event named = naive.events().get(random.nextInt(naive.events().size()));
        tags.add(Tag.of("e", named.id().hex()));
      }
    }
    String content =
        "word" + random.nextInt(6) + " Word" + random.nextInt(6) + " " + random.nextInt();
    return event(
        key(1 + random.nextInt(AUTHORS)),
        kind,
        NOW + random.nextInt(SECONDS),
        content,
        tags.toArray(Tag[]::new));
  }

  // What is asked.

  private Filter filter() {
    Filter filter = Filter.ANY;
    if (random.nextInt(3) == 0) {
      filter =
          filter.withAuthors(
              set(key(1 + random.nextInt(AUTHORS + 1)).publicKey(), key(1).publicKey()));
    }
    if (random.nextInt(3) == 0) {
      filter = filter.withKinds(set(1, List.of(0, 5, 7, 30, 30_001, 999).get(random.nextInt(6))));
    }
    if (random.nextInt(3) == 0) {
      filter = filter.withTag('t', set("v" + random.nextInt(6), "v0"));
    }
    if (random.nextInt(5) == 0) {
      filter = filter.withTag('r', Set.of("v" + random.nextInt(6)));
    }
    if (random.nextInt(6) == 0) {
      filter = filter.withAllTags('t', set("v1", "v2"));
    }
    if (random.nextInt(8) == 0) {
      filter = filter.withTag('d', Set.of("d" + random.nextInt(4)));
    }
    if (random.nextInt(4) == 0) {
      filter = filter.withSearch(new Search("WORD" + random.nextInt(7)));
    }
    if (random.nextInt(5) == 0 && !naive.taken().isEmpty()) {
      Event known = naive.taken().get(random.nextInt(naive.taken().size()));
      filter = filter.withIds(set(known.id(), naive.taken().getFirst().id()));
    }
    if (random.nextInt(3) == 0) {
      filter = filter.between(NOW + random.nextInt(SECONDS), NOW + random.nextInt(SECONDS));
    }
    return filter.withLimit(random.nextInt(10) == 0 ? 500 : 1 + random.nextInt(8));
  }

  private static <T> Set<T> set(T one, T another) {
    return new HashSet<>(List.of(one, another));
  }
}
