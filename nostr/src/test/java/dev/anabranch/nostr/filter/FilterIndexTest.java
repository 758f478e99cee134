package dev.anabranch.nostr.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.nostr.event.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The index against every filter asked one by one.
class FilterIndexTest {
  private static final int EVENTS = 2_000;
  private static final int LISTENERS = 400;

  private final Random random = new Random(11);
  private final RandomFilters made = new RandomFilters(random);
  private final FilterIndex<Integer> index = new FilterIndex<>();
  private final Map<Integer, List<Filter>> listeners = new HashMap<>();

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
        listeners.put(who, filters);
        index.put(who, filters);
      }
    }
    assertThat(index.size()).isEqualTo(listeners.size());
  }

  private List<Integer> asked(Event event) {
    return listeners.entrySet().stream()
        .filter(listener -> Filter.anyMatches(listener.getValue(), event))
        .map(Map.Entry::getKey)
        .toList();
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
