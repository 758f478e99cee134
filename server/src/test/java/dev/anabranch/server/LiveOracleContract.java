package dev.anabranch.server;

import static dev.anabranch.server.NostrClient.NOW;
import static dev.anabranch.server.NostrClient.event;
import static dev.anabranch.server.NostrClient.key;
import static dev.anabranch.server.NostrClient.note;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.anabranch.engine.StoreOpener;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.key.SecretKey;
import dev.anabranch.testkit.NaiveEvent;
import dev.anabranch.testkit.NaiveFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Open subscriptions hear what a relay tells that holds every new event against every filter and
/// every reader: 100,000 random pairs through a whole server, half as many on a database. Meanwhile
/// subscriptions come and go, rights in chats change, keys and events are banned, events are
/// deleted, expire and vanish, and others write over HTTP.
@Timeout(600)
abstract class LiveOracleContract {

  private static final int EVENTS_A_ROUND = 30;
  private static final int SUBSCRIPTIONS = 16;
  private static final SecretKey ANN = key(1);
  private static final SecretKey BOB = key(2);
  private static final SecretKey CAT = key(3);
  private static final SecretKey DAN = key(4);
  private static final SecretKey EVE = key(5);
  private static final SecretKey ADMINISTRATOR = key(90);
  private static final SecretKey BELL = key(91);
  private static final List<String> CHATS = List.of("c1", "c2", "c3");

  private final Random random = new Random(17);
  private final NaiveRelay naive = new NaiveRelay();
  private final RandomTraffic traffic = new RandomTraffic(random, naive);
  private final List<Reader> readers = new ArrayList<>();
  private final List<NaiveEvent> told = new ArrayList<>();
  private long pairs;
  private long deliveries;
  private long stored;

  abstract StoreOpener store();

  int rounds() {
    return 36;
  }

  /// Who listens, by which keys, with which filters.
  private record Reader(
      NostrClient client, Set<String> keys, Map<String, List<NaiveFilter>> subscriptions) {

    private static Reader of(Served served, SecretKey... keys) {
      NostrClient client = NostrClient.of(served);
      for (SecretKey key : keys) {
        assertThat(client.authenticate(key)).contains(",true,");
      }
      Set<String> names = new TreeSet<>();
      Stream.of(keys).forEach(key -> names.add(key.publicKey().hex()));
      return new Reader(client, names, new TreeMap<>());
    }
  }

  @Test
  void tellsWhatARelayDoesThatHoldsEveryEventAgainstEveryFilter() {
    Map<String, String> settings = new HashMap<>(StoredOracleContract.SETTINGS);
    settings.put("nostr.author_events_per_second", "0");
    settings.put("nostr.administrators", ADMINISTRATOR.publicKey().hex());
    try (Served served = Served.open(settings, store());
        NostrClient writer = NostrClient.of(served);
        NostrClient witness = NostrClient.of(served)) {
      assertThat(witness.authenticate(ANN)).contains(",true,");
      Administrator administrator = new Administrator(served, ADMINISTRATOR);
      readers.add(Reader.of(served));
      readers.add(Reader.of(served, ANN));
      Reader bobAndCat = Reader.of(served, BOB, CAT);
      readers.add(bobAndCat);
      readers.add(Reader.of(served, DAN));
      readers.add(Reader.of(served, EVE));
      found(served, writer);
      hearTheBridge(served, witness);
      for (int round = 0; round < rounds(); round++) {
        told.clear();
        change(round, served, writer, administrator, bobAndCat);
        hear(writer, witness, "change " + round);
        readers.forEach(this::subscribe);
        told.clear();
        for (int index = 0; index < EVENTS_A_ROUND; index++) {
          publish(writer, next(round, index));
          if (index == 10) {
            writeOverHttp(round, served);
          }
        }
        hear(writer, witness, "round " + round);
        if (round == rounds() / 2) {
          expire(writer, witness);
        }
      }
      readers.forEach(reader -> reader.client().close());
    }
    System.out.printf("%d pairs, %d deliveries, %d stored%n", pairs, deliveries, stored);
    assertThat(pairs).isGreaterThan(rounds() * 2_800L); // 100,000 in 36
    assertThat(deliveries).isGreaterThan(rounds() * 80L);
    assertThat(stored).isGreaterThan(rounds() * 13L);
  }

  // Who may what.

  private static Event chat(String chat, int at, Tag... shared) {
    List<Tag> tags = new ArrayList<>(List.of(Tag.of("d", chat)));
    tags.addAll(List.of(shared));
    return event(
        ANN,
        30_001,
        NOW + 100 + at,
        "{\"metadata\":{\"at\":" + at + "}}",
        tags.toArray(Tag[]::new));
  }

  private static Tag shared(SecretKey with, String role) {
    return Tag.of("p", with.publicKey().hex(), "", role);
  }

  /// Two chats of some, and one for all.
  private void found(Served served, NostrClient writer) {
    for (String chat : CHATS) {
      naive.roles(chat).put(ANN.publicKey().hex(), "owner");
      naive.roles(chat).put(CAT.publicKey().hex(), "writer");
      naive.roles(chat).put(BOB.publicKey().hex(), "reader");
      publish(writer, chat(chat, 0, shared(CAT, "writer"), shared(BOB, "reader")));
    }
    String grant = "{\"id\":\"anyone\",\"scope\":\"chat:c3\",\"right\":\"read\"}";
    assertThat(served.post("/api/grant", grant).statusCode()).isBetween(200, 201);
    naive.roles("c3").put("anyone", "reader");
  }

  private void change(
      int round, Served served, NostrClient writer, Administrator administrator, Reader bobAndCat) {
    switch (round % 12) {
      case 2 -> { // whose key counts no longer on the connection either, until it comes again
        ban(administrator, "pubkey", CAT.publicKey().hex());
        bobAndCat.keys().remove(CAT.publicKey().hex());
      }
      case 3 -> share(writer, round, "c1", DAN, "reader");
      case 4 -> ban(administrator, "event", naive.events().get(5).id());
      case 5 -> {
        unban(administrator, "pubkey", CAT.publicKey().hex());
        assertThat(bobAndCat.client().authenticate(CAT)).contains(",true,");
        bobAndCat.keys().add(CAT.publicKey().hex());
      }
      case 6 -> share(writer, round, "c1", CAT, "revoked");
      case 7 -> share(writer, round, "c2", EVE, "writer");
      case 8 -> List.copyOf(naive.banned()).forEach(id -> unban(administrator, "event", id));
      case 9 -> share(writer, round, "c1", DAN, "revoked");
      case 10 -> share(writer, round, "c1", CAT, "writer");
      case 11 -> {
        if (round < 12) { // what EVE said so far goes, and what was wrapped for her
          publish(writer, event(EVE, 62, NOW + 30, "", Tag.of("relay", "ALL_RELAYS")));
        }
        String message = "/api/message/m" + (round - 3) + "?scope=chat:c1";
        assertThat(served.send(served.request(message).DELETE()).statusCode()).isBetween(200, 204);
      }
      default -> {}
    }
  }

  private void share(NostrClient writer, int at, String chat, SecretKey with, String role) {
    Event event = chat(chat, 1 + at, shared(with, role));
    if (role.equals("revoked")) {
      naive.roles(chat).remove(with.publicKey().hex());
    } else {
      naive.roles(chat).put(with.publicKey().hex(), role);
    }
    publish(writer, event);
  }

  private void ban(Administrator administrator, String what, String id) {
    administrator.does("ban" + what, "\"" + id + "\"", "\"\"");
    naive.banned().add(id);
  }

  private void unban(Administrator administrator, String what, String id) {
    administrator.does("unban" + what, "\"" + id + "\"");
    naive.banned().remove(id);
  }

  // What is asked.

  private void subscribe(Reader reader) {
    for (int index = 0; index < SUBSCRIPTIONS; index++) {
      String name = "s" + index;
      if (reader.subscriptions().containsKey(name) && random.nextInt(4) > 0) {
        continue;
      }
      List<NaiveFilter> filters = filters(reader);
      reader.subscriptions().put(name, filters);
      List<String> frames =
          reader
              .client()
              .stored(
                  name,
                  Stream.concat(filters.stream(), Stream.of(bell()))
                      .map(NaiveFilter::json)
                      .toArray(String[]::new));
      assertThat(frames.getLast()).startsWith("[\"EOSE\"");
      List<String> given =
          frames.subList(0, frames.size() - 1).stream().map(NostrClient::id).toList();
      List<String> expected = naive.answer(filters, reader.keys());
      assertThat(given)
          .as("%s of %s: %s", filters, reader.keys(), naive.difference(given, expected))
          .isEqualTo(expected);
      stored++;
    }
  }

  private List<NaiveFilter> filters(Reader reader) {
    List<NaiveFilter> filters = new ArrayList<>();
    do {
      filters.clear();
      for (int count = 1 + random.nextInt(3); count > 0; count--) {
        filters.add(traffic.filter(CHATS, Math.max(0, random.nextInt(24) - 12)));
      }
    } while (NaiveRelay.asksForAKey(filters, reader.keys()));
    return filters;
  }

  /// Rung at the end of each round, so that each subscription hears when it has heard all.
  private static NaiveFilter bell() {
    return new NaiveFilter("{\"authors\":[\"" + BELL.publicKey() + "\"],\"limit\":0}");
  }

  // What is said.

  private Event next(int round, int index) {
    return index % 10 == 9
        ? event(traffic.author(), 20_001, NOW, "here " + round + " " + index)
        : traffic.event(CHATS);
  }

  private void publish(NostrClient writer, Event event) {
    NaiveEvent read = NaiveEvent.of(event.json());
    String answer = writer.answer(event);
    boolean isTaken = naive.takes(read);
    if (event.kind() == 20_001 && isTaken && answer.startsWith("false mute: ")) {
      told.add(read); // and nobody hears it
    } else {
      assertThat(answer.startsWith("true"))
          .as("%s for %s", answer, event.json())
          .isEqualTo(isTaken);
      if (isTaken) {
        told.add(read);
      }
    }
  }

  private void writeOverHttp(int round, Served served) {
    String message =
        "{\"id\":\"m%d\",\"scope\":\"chat:%s\",\"content\":\"word1 over HTTP\"}"
            .formatted(round, CHATS.get(round % 2 == 0 ? 0 : 1 + round % 3 % 2));
    assertThat(served.post("/api/message", message).statusCode()).isBetween(200, 201);
  }

  private void hearTheBridge(Served served, NostrClient witness) {
    String information =
        served.send(served.request("/").header("Accept", "application/nostr+json")).body();
    String self = information.replaceFirst("(?s).*\"self\":\"([0-9a-f]{64})\".*", "$1");
    String asked = "{\"authors\":[\"" + self + "\"],\"limit\":0}";
    assertThat(witness.stored("bridge", asked, bell().json())).hasSize(1);
  }

  private void hear(NostrClient writer, NostrClient witness, String when) {
    String last = ring(writer, witness, when);
    readers.forEach(reader -> compare(reader, when, last));
  }

  /// Ends a part; what the bridge said in it the witness tells.
  private String ring(NostrClient writer, NostrClient witness, String when) {
    Event bell = note(BELL, NOW, when);
    publish(writer, bell);
    for (String frame = witness.frame();
        !frame.contains(bell.id().hex());
        frame = witness.frame()) {
      NaiveEvent bridged = NaiveEvent.of(StoredOracleContract.eventOf(frame, "bridge"));
      assertThat(naive.adds(bridged)).isTrue();
      told.add(bridged);
    }
    return bell.id().hex();
  }

  private void compare(Reader reader, String when, String last) {
    Map<String, List<String>> heard = hearAll(reader, last);
    reader
        .subscriptions()
        .forEach((name, filters) -> {
          List<String> expected =
              told.stream()
                  .filter(event ->
                      isBell(event)
                          || (NaiveFilter.anyMatches(filters, event)
                              && naive.shows(event, reader.keys())))
                  .map(NaiveEvent::id)
                  .toList();
          List<String> given = heard.getOrDefault(name, List.of());
          assertThat(given)
              .as(
                  "%s: %s of %s with %s: %s",
                  when, name, reader.keys(), filters, naive.difference(given, expected))
              .containsExactlyInAnyOrderElementsOf(expected);
          pairs += (long) told.size() * filters.size();
          deliveries += expected.size() - 1;
        });
  }

  private static boolean isBell(NaiveEvent event) {
    return event.author().equals(BELL.publicKey().hex());
  }

  private static Map<String, List<String>> hearAll(Reader reader, String last) {
    Map<String, List<String>> heard = new HashMap<>();
    int open = reader.subscriptions().size();
    while (open > 0) {
      String frame = reader.client().frame();
      String name = frame.split("\"", 5)[3];
      assertThat(frame).startsWith("[\"EVENT\",\"" + name);
      String id = NostrClient.id(StoredOracleContract.eventOf(frame, name));
      heard.computeIfAbsent(name, ignored -> new ArrayList<>()).add(id);
      open -= id.equals(last) ? 1 : 0;
    }
    return heard;
  }

  /// What is over soon may be heard until then, and is found no more from then on.
  private void expire(NostrClient writer, NostrClient witness) {
    long end = System.currentTimeMillis() / 1000 + 2;
    List<String> ids = new ArrayList<>();
    for (int index = 0; index < 10; index++) {
      Event soon = note(BOB, NOW + index, "word1 soon", Tag.of("expiration", Long.toString(end)));
      writer.answer(soon);
      ids.add(soon.id().hex());
    }
    told.clear();
    String last = ring(writer, witness, "soon over");
    readers.forEach(reader -> hearAll(reader, last));
    String asked = "{\"ids\":[\"" + String.join("\",\"", ids) + "\"]}";
    for (Reader reader : readers) {
      await().untilAsserted(() -> assertThat(reader.client().ids(asked)).isEmpty());
    }
  }
}
