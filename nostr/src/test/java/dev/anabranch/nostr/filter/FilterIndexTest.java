package dev.anabranch.nostr.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.Oracle;
import dev.anabranch.nostr.TestJson;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.testkit.NaiveEvent;
import dev.anabranch.testkit.NaiveFilter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The index against every filter asked one by one, by those who read JSON alone: ours from the
/// testkit, and nostr-tools.
class FilterIndexTest {
  private static final int EVENTS = 800;
  private static final int LISTENERS = 400;

  private final Random random = new Random(11);
  private final RandomFilters made = new RandomFilters(random);
  private final FilterIndex<Integer> index = new FilterIndex<>();
  private final Map<Integer, List<NaiveFilter>> listeners = new HashMap<>();

  @Test
  void tellsThoseAndOnlyThoseWhoseFiltersMatchWhileTheyComeAndGo() {
    long pairs = 0;
    long matches = 0;
    for (int number = 0; number < EVENTS; number++) {
      comeAndGo();
      Event event = made.event();
      List<Integer> told = new ArrayList<>();
      index.forEachMatch(event, told::add);

      assertThat(told).as(event.json()).containsExactlyInAnyOrderElementsOf(asked(event));
      pairs += listeners.values().stream().mapToLong(List::size).sum();
      matches += told.size();
    }
    System.out.println(pairs + " pairs of event and filter, " + matches + " told");
    assertThat(pairs).isGreaterThan(100_000);
    assertThat(matches).isGreaterThan(10_000);
  }

  private void comeAndGo() {
    for (int changes = 0; changes < 5; changes++) {
      int who = random.nextInt(LISTENERS);
      if (random.nextInt(4) == 0) {
        listeners.remove(who);
        index.remove(who);
      } else {
        List<Filter> filters = new ArrayList<>();
        for (int count = 1 + random.nextInt(3); count > 0; count--) {
          filters.add(made.filter());
        }
        listen(who, filters);
      }
    }
    assertThat(index.size()).isEqualTo(listeners.size());
  }

  private void listen(int who, List<Filter> filters) {
    listeners.put(who, naive(filters));
    index.put(who, filters);
  }

  private static List<NaiveFilter> naive(List<Filter> filters) {
    return filters.stream().map(filter -> new NaiveFilter(filter.json())).toList();
  }

  private List<Integer> asked(Event event) {
    NaiveEvent read = NaiveEvent.of(event.json());
    return listeners.entrySet().stream()
        .filter(listener -> NaiveFilter.anyMatches(listener.getValue(), read))
        .map(Map.Entry::getKey)
        .toList();
  }

  @Test
  void tellsEachOfACrowdThatAsksForTheSameWhileSomeOfItLeave() {
    for (int round = 0; round < 200; round++) {
      Filter crowd = made.filter();
      for (int who = 0; who < LISTENERS; who++) {
        List<Filter> filters = List.of(random.nextInt(5) > 0 ? again(crowd) : made.filter());
        listen(who, filters);
      }
      for (int leaving = 0; leaving < LISTENERS / 4; leaving++) {
        int who = random.nextInt(LISTENERS);
        listeners.remove(who);
        index.remove(who);
      }
      for (int number = 0; number < 20; number++) {
        Event event = made.event();
        List<Integer> told = new ArrayList<>();
        index.forEachMatch(event, told::add);
        assertThat(told).as(event.json()).containsExactlyInAnyOrderElementsOf(asked(event));
      }
    }
    listeners.keySet().forEach(index::remove);
    assertThat(index.size()).isZero();
    index.forEachMatch(made.event(), who -> assertThat(who).isNull());
  }

  /// An equal filter that is another object, its letters in another order.
  private static Filter again(Filter filter) {
    Map<Character, Set<String>> tags = new LinkedHashMap<>();
    List<Character> letters = new ArrayList<>(filter.tags().keySet());
    letters.reversed().forEach(letter -> tags.put(letter, filter.tags().get(letter)));
    return new Filter(
        filter.ids(),
        filter.authors(),
        filter.kinds(),
        tags,
        filter.allTags(),
        filter.sinceSeconds(),
        filter.untilSeconds(),
        filter.search(),
        filter.limit());
  }

  /// It knows neither searches nor `&`, and reads a time of 0 as none.
  @Test
  void matchesWhatNostrToolsMatches() throws IOException, InterruptedException {
    long matches = 0;
    try (Oracle oracle = Oracle.start()) {
      for (int round = 0; round < 200; round++) {
        List<Filter> filters = new ArrayList<>();
        while (filters.size() < 100) {
          Filter filter = made.filter();
          if (filter.search() == null && filter.allTags().isEmpty()) {
            filters.add(filter);
          }
        }
        Event event = made.event();
        List<Boolean> ours = filters.stream().map(filter -> filter.matches(event)).toList();
        NaiveEvent read = NaiveEvent.of(event.json());

        assertThat(naive(filters).stream().map(filter -> filter.matches(read)).toList())
            .isEqualTo(ours);
        assertThat(
                TestJson.read(
                    oracle.ask(
                        "matches",
                        filters.stream().map(Filter::json).toList().toString(),
                        event.json())))
            .isEqualTo(ours);
        matches += ours.stream().filter(matching -> matching).count();
      }
    }
    assertThat(matches).isGreaterThan(1_000);
  }

  @Test
  void forgetsWhoNeverListened() {
    index.remove(5);
    index.put(1, List.of(Filter.ANY.withKinds(Set.of())));
    index.put(2, List.of(Filter.ANY, Filter.ANY));
    List<Integer> told = new ArrayList<>();
    index.forEachMatch(made.event(), told::add);

    assertThat(told).containsExactly(2);
  }
}
