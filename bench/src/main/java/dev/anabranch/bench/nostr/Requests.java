package dev.anabranch.bench.nostr;

import dev.anabranch.bench.load.WebSocketText;
import dev.anabranch.bench.load.Writes;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.message.ClientMessage;
import dev.anabranch.nostr.message.SubscriptionId;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/// Requests for stored events. Each goes out with the `CLOSE` of the one before it.
final class Requests {
  /// How many events one feed holds.
  static final int FEED_EVENTS = 100;

  private static final SubscriptionId SUBSCRIPTION = new SubscriptionId("q");
  private static final int FEEDS = 64;
  private static final int FEED_AUTHORS = 150;
  private static final byte[] CLOSE =
      WebSocketText.frame(new ClientMessage.Close(SUBSCRIPTION).json());

  private Requests() {}

  /// The request itself, as text.
  static String text(Filter filter) {
    return text(List.of(filter));
  }

  /// The request for what any of several filters finds, as text.
  static String text(List<Filter> filters) {
    return new ClientMessage.Request(SUBSCRIPTION, filters).json();
  }

  /// The message that ends it, as text.
  static String closing() {
    return new ClientMessage.Close(SUBSCRIPTION).json();
  }

  /// By the id of one of the first `stored` notes, each time another.
  static LongFunction<Filter> ids(SignedEvents events, int stored) {
    return number ->
        Filter.ANY.withIds(Set.of(events.notes().get(Math.floorMod(number * 7_919, stored)).id()));
  }

  /// The newest hundred notes of 150 authors, of 64 such choices in turn.
  static LongFunction<Filter> feeds(SignedEvents events) {
    List<Filter> filters =
        IntStream.range(0, FEEDS)
            .mapToObj(index ->
                Filter.ANY
                    .withAuthors(Set.copyOf(events.someAuthors(FEED_AUTHORS, index)))
                    .withKinds(Set.of(SignedEvents.KIND))
                    .withLimit(FEED_EVENTS))
            .toList();
    return number -> filters.get((int) (number % FEEDS));
  }

  /// As load.
  static Writes writes(LongFunction<Filter> filters) {
    return (number, _) -> {
      byte[] request = WebSocketText.frame(text(filters.apply(number)));
      return ByteBuffer.allocate(CLOSE.length + request.length).put(CLOSE).put(request).flip();
    };
  }
}
