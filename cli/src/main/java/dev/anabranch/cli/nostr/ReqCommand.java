package dev.anabranch.cli.nostr;

import dev.anabranch.cli.terminal.CommandFailure;
import dev.anabranch.cli.terminal.Output;
import dev.anabranch.cli.terminal.Output.Colour;
import dev.anabranch.cli.terminal.Range;
import dev.anabranch.cli.terminal.Surroundings;
import dev.anabranch.client.nostr.NostrClient;
import dev.anabranch.client.nostr.NostrListener;
import dev.anabranch.client.nostr.NostrSettings;
import dev.anabranch.client.nostr.RelayStatus;
import dev.anabranch.client.nostr.Subscription;
import dev.anabranch.client.nostr.relay.LineSettings;
import dev.anabranch.client.nostr.relay.RelayUrl;
import dev.anabranch.nostr.event.Event;
import dev.anabranch.nostr.filter.Filter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Reads events and goes on listening.
@Command(
    name = "req",
    mixinStandardHelpOptions = true,
    description = {
      "Reads the events that a filter finds, of several relays each once and verified, and goes on"
          + " with the new ones until Ctrl-C. It comes back by itself when a line breaks and leaves"
          + " nothing out.",
      "With --cache, events are kept in that file and each is told once, over restarts too; what"
          + " was not written out when it ended comes first next time."
    },
    footer = {
      "",
      "Examples:",
      "  anabranch nostr req --kind 1 --limit 10",
      "  anabranch nostr req --author npub1… --tag t=nostr --stored | jq .content",
      "  anabranch nostr req --filter '{\"kinds\":[0,3]}' --relay wss://relay.example",
      "  anabranch nostr req --kind 1059 --key-file me.key --cache inbox.db"
    })
final class ReqCommand implements Callable<Integer> {

  private static final long LOOK_MILLIS = 250;

  /// How often a relay may put off a command that ends with what is stored.
  private static final int POSTPONED_MAX = 5;

  @Mixin private RelayOptions relays = new RelayOptions();

  @Mixin private KeyOptions keys = new KeyOptions();

  @Mixin private FilterOptions filters = new FilterOptions();

  @Option(names = "--stored", description = "End when all that is stored has been told.")
  private boolean stored;

  @Option(
      names = {"-n", "--count"},
      paramLabel = "N",
      description = "End after so many events.")
  private long count = Long.MAX_VALUE;

  @Option(names = "--cache", paramLabel = "FILE", description = "A local copy on disk.")
  private @Nullable Path cache;

  @Option(names = "--json", description = "One line of JSON for each event, also on a terminal.")
  private boolean json;

  private final Surroundings surroundings;
  private final CompletableFuture<Subscription> opened = new CompletableFuture<>();
  private final CountDownLatch ending = new CountDownLatch(1);
  private final AtomicLong newest = new AtomicLong(-1);
  private final Set<RelayUrl> done = ConcurrentHashMap.newKeySet();
  private final Set<RelayUrl> refused = ConcurrentHashMap.newKeySet();
  private final Map<RelayUrl, Integer> postponed = new ConcurrentHashMap<>();
  private final Map<RelayUrl, String> said = new ConcurrentHashMap<>();

  ReqCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  @Override
  public Integer call() throws InterruptedException {
    Range.POSITIVE.check("--count", count);
    List<Filter> wanted = filters.filters();
    List<RelayUrl> from = relays.relays(surroundings);
    NostrSettings settings =
        NostrSettings.of(from.stream().map(RelayUrl::text).toArray(String[]::new))
            .with(LineSettings.USUAL.withKeys(keys.keys(surroundings)));
    Optional<Path> trusted = relays.certificates(surroundings);
    settings = trusted.isPresent() ? settings.withTrusted(trusted.get()) : settings;
    Thread goodbye = new Thread(this::sayGoodbye, "goodbye");
    Runtime.getRuntime().addShutdownHook(goodbye);
    try (NostrClient client =
            cache == null ? NostrClient.inMemory(settings) : NostrClient.open(settings, cache);
        Subscription open = client.follow(wanted, new Telling())) {
      boolean unused = opened.complete(open);
      return waitFor(client, open);
    } finally {
      if (newest.getAndSet(-1) > -2) {
        Runtime.getRuntime().removeShutdownHook(goodbye);
      }
    }
  }

  private int waitFor(NostrClient client, Subscription open) throws InterruptedException {
    while (!ending.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      client.status().forEach(this::remarkTrouble);
      if (surroundings.output().isBroken()) {
        return 0;
      }
      if (refused.size() == client.status().size()) {
        return CommandFailure.NO;
      }
      boolean isOver =
          client.status().stream()
              .allMatch(relay ->
                  done.contains(relay.relay())
                      || refused.contains(relay.relay())
                      || relay.state() == RelayStatus.State.WAITING);
      if (stored && isOver) {
        surroundings.output().flush();
        return done.isEmpty() ? CommandFailure.UNREACHABLE : 0;
      }
    }
    open.close();
    return 0;
  }

  /// What is wrong with a relay, said once until it is something else.
  private void remarkTrouble(RelayStatus status) {
    boolean isTrouble = status.state() == RelayStatus.State.WAITING;
    String now = isTrouble ? status.detail() : "";
    if (!now.equals(said.getOrDefault(status.relay(), "")) && isTrouble) {
      surroundings.output().remark(status.relay() + ": " + now + "; trying again");
    }
    said.put(status.relay(), now);
  }

  /// Writes what comes; on the client's thread.
  private final class Telling implements NostrListener {

    @Override
    public void event(Event event) {
      Output output = surroundings.output();
      output.line(EventLine.of(event, output, json));
      if (output.isBroken()) {
        opened.join().close();
        throw new IllegalStateException("nobody reads any more"); // so it counts as not told
      }
      newest.accumulateAndGet(event.createdAtSeconds(), Math::max);
      count--;
      if (count <= 0) {
        opened.join().close();
        ending.countDown();
      }
    }

    @Override
    public void caughtUp(RelayUrl relay) {
      refused.remove(relay);
      postponed.remove(relay);
      if (done.add(relay) && !stored && surroundings.output().isWatched()) {
        surroundings.output().remark(Colour.FAINT, "live from " + relay);
      }
    }

    /// The relay is asked again; whoever wants only what is stored does not wait for ever.
    @Override
    public void postponed(RelayUrl relay, String reason) {
      int times = postponed.merge(relay, 1, Integer::sum);
      if (times == 1) {
        surroundings.output().remark(relay + ": " + reason + "; trying again");
      }
      if (stored && times == POSTPONED_MAX) {
        refused.add(relay);
      }
    }

    @Override
    public void refused(RelayUrl relay, String reason) {
      refused.add(relay);
      surroundings.output().remark("anabranch: " + relay + " refuses: " + reason);
    }
  }

  private void sayGoodbye() {
    long last = newest.getAndSet(-2);
    if (last >= 0) {
      surroundings
          .output()
          .remark(
              cache == null
                  ? "\ngo on with: --since " + last
                  : "\nthe same command goes on from here");
    }
  }
}
