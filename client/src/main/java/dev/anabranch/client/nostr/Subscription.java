package dev.anabranch.client.nostr;

import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.text.Digest;
import dev.anabranch.nostr.text.Hex;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// What somebody asked for, until it is closed.
public final class Subscription implements AutoCloseable {

  private final List<Filter> filters;
  private final NostrListener listener;
  private final String name;
  private final boolean isOwed;
  private final Consumer<Subscription> end;
  private volatile boolean closed;

  /// @param isOwed whether what came and was not told is told to the next one of these filters
  Subscription(
      List<Filter> filters, NostrListener listener, boolean isOwed, Consumer<Subscription> end) {
    this.filters = List.copyOf(filters);
    this.listener = listener;
    this.name = nameOf(filters);
    this.isOwed = isOwed;
    this.end = end;
  }

  /// The same for the same filters, after a restart too.
  private static String nameOf(List<Filter> filters) {
    String text = filters.stream().map(Filter::json).collect(Collectors.joining(","));
    return Hex.of(Digest.sha256(text.getBytes(StandardCharsets.UTF_8))).substring(0, 32);
  }

  public List<Filter> filters() {
    return filters;
  }

  NostrListener listener() {
    return listener;
  }

  String name() {
    return name;
  }

  boolean isOwed() {
    return isOwed;
  }

  boolean isClosed() {
    return closed;
  }

  /// Asks no more. A listener that closes its own subscription is told nothing any more; from
  /// another thread, one event may still come.
  @Override
  public void close() {
    closed = true;
    end.accept(this);
  }
}
