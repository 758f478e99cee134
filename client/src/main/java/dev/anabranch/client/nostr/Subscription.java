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
  private final Consumer<Subscription> end;

  Subscription(List<Filter> filters, NostrListener listener, Consumer<Subscription> end) {
    this.filters = List.copyOf(filters);
    this.listener = listener;
    this.name = nameOf(filters);
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

  /// Asks no more; an event that is on its way to the listener may still come.
  @Override
  public void close() {
    end.accept(this);
  }
}
