package dev.anabranch.protocol.nostr.server;

import static dev.anabranch.protocol.nostr.server.EventArchive.Order.NEWEST_FIRST;
import static dev.anabranch.protocol.nostr.server.EventArchive.Order.OLDEST_FIRST;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.NOW;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.event;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.key;
import static dev.anabranch.protocol.nostr.server.MemoryRelay.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anabranch.kernel.log.Bytes;
import dev.anabranch.kernel.store.PageLimit;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.event.Tag;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.filter.Search;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A database's events in either order.
class EventArchiveTest {

  private static final PageLimit SMALL = new PageLimit(7, 1024 * 1024);

  private final MemoryRelay relay = new MemoryRelay();

  private List<Bytes> read(Filter filter, EventArchive.Order order, PageLimit window) {
    List<Bytes> all = new ArrayList<>();
    assertThat(EventArchive.read(relay.store, filter, order, NOW + 20, window, all::add))
        .isEqualTo(all.size());
    return all;
  }

  /// Many of one second, some of others, of two kinds and one that expires.
  private void write(int count) {
    for (int index = 0; index < count; index++) {
      Event event =
          new UnsignedEvent(
                  key(1).publicKey(),
                  NOW - 100 + index / 9,
                  1 + index % 2,
                  List.of(),
                  "word " + (index % 3 == 0 ? "third" : "other") + " " + index)
              .sign(key(1));
      publish(relay.link(), event);
    }
    publish(
        relay.link(), event(key(1), 1, "over soon", Tag.of("expiration", Long.toString(NOW + 10))));
  }

  @Test
  void theOldestFirstIsExactlyTheNewestFirstTheOtherWayRound() {
    write(60);
    List<Filter> filters =
        List.of(
            Filter.ANY,
            Filter.ANY.withKinds(Set.of(2)),
            Filter.ANY.withLimit(20),
            Filter.ANY.withLimit(7),
            Filter.ANY.withLimit(0),
            Filter.ANY.between(NOW - 98, NOW - 96),
            Filter.ANY.withSearch(new Search("third")),
            Filter.ANY.withAuthors(Set.of(key(2).publicKey())));
    for (Filter filter : filters) {
      List<Bytes> newest = read(filter, NEWEST_FIRST, SMALL);
      assertThat(read(filter, OLDEST_FIRST, SMALL)).isEqualTo(newest.reversed());
    }
    assertThat(read(Filter.ANY, OLDEST_FIRST, SMALL)).hasSize(60);
    assertThat(read(Filter.ANY.withLimit(20), OLDEST_FIRST, SMALL)).hasSize(20);
  }

  @Test
  void anEventThatIsLargerThanAWindowIsToldToo() {
    write(20);
    List<Bytes> newest = read(Filter.ANY, NEWEST_FIRST, SMALL);
    assertThat(newest).hasSize(20);
    PageLimit tiny = new PageLimit(100, 1);
    assertThat(read(Filter.ANY, OLDEST_FIRST, tiny)).isEqualTo(newest.reversed());
  }
}
