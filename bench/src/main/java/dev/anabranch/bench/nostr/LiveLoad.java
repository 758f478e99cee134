package dev.anabranch.bench.nostr;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.load.CallerGroup;
import dev.anabranch.bench.load.Exchange;
import dev.anabranch.bench.load.IdleSockets;
import dev.anabranch.bench.load.Load;
import dev.anabranch.bench.load.LoadLoop;
import dev.anabranch.bench.load.LoadResult;
import dev.anabranch.bench.load.Opening;
import dev.anabranch.bench.load.Pace;
import dev.anabranch.bench.load.ReaderGroup;
import dev.anabranch.bench.load.Readers;
import dev.anabranch.bench.process.ServerProcess;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A running relay whose subscribers are told nothing, one author each, or everything.
///
/// No subscriber asks for stored events (`limit` 0), so that a subscription costs what it costs
/// afterwards.
public final class LiveLoad implements AutoCloseable {
  /// Events of one burst.
  public static final int BURST_EVENTS = 200;

  private static final int WRITERS = 32;
  private static final int BURST_WRITERS = 64;
  private static final int KEY_BYTES = 32;
  private static final String PATH = "/";
  private static final String END = "[\"EOSE\"";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ServerProcess server;
  private final SignedEvents events;
  private final LoadLoop loop;
  private int published;

  /// Opens no socket yet.
  ///
  /// @param server listens at `/`; the caller's to end
  /// @param events marked ones, which are published in their order
  public LiveLoad(ServerProcess server, SignedEvents events) {
    this.server = server;
    this.events = events;
    this.loop = LoadLoop.to(server.address());
  }

  /// Events taken and told to whom they are for.
  ///
  /// @param load from EVENT to OK, and to the last subscriber
  /// @param cpuMicros processor time of the relay for all of it
  public record Told(LoadResult load, double cpuMicros) {}

  /// Opens `count` sockets with a subscription each, every one of another author, of whom nothing
  /// comes.
  public IdleSockets idle(int count) {
    return IdleSockets.measure(
        server,
        loop,
        count,
        sockets -> Readers.apart(sockets, socket -> opening(List.of(of(stranger(socket, 0))))));
  }

  /// Publishes on 32 connections, each the next event after its OK, while a thousand subscribers
  /// wait for one of the thousand authors each: every event is for one of them.
  ///
  /// @param filters how many each subscriber has, of one author; those after the first are of
  ///   authors who publish nothing
  /// @param eventsMax ends it when it comes before `time`
  public Told oneAuthorEach(int filters, int eventsMax, Duration time) {
    Readers plan =
        Readers.apart(
            events.authors().size(),
            subscriber ->
                opening(
                    Stream.concat(
                            Stream.of(events.authors().get(subscriber).publicKey()),
                            IntStream.range(1, filters)
                                .mapToObj(other -> stranger(subscriber, other)))
                        .map(LiveLoad::of)
                        .toList()));
    try (ReaderGroup readers = loop.open(plan);
        CallerGroup callers = callers(WRITERS)) {
      return publish(eventsMax, time, callers, readers);
    }
  }

  /// Publishes 200 events at once, on 64 connections, and the same again and again when all were
  /// delivered; every one is for every subscriber.
  public List<Told> bursts(int subscribers, int bursts) {
    Opening opening = opening(List.of(Filter.ANY.withKinds(Set.of(SignedEvents.KIND))));
    try (ReaderGroup readers = loop.open(Readers.of(subscribers, opening));
        CallerGroup callers = callers(BURST_WRITERS)) {
      return IntStream.range(0, bursts)
          .mapToObj(_ -> publish(BURST_EVENTS, PATIENCE, callers, readers))
          .toList();
    }
  }

  private Told publish(int eventsMax, Duration time, CallerGroup callers, ReaderGroup readers) {
    int count = Math.min(eventsMax, events.size() - published);
    Load load = new Load(events.from(published), Pace.free(), count, time, PATIENCE);
    long cpuBefore = server.figures().cpuMillis();
    LoadResult result = loop.run(load, callers, readers);
    long cpuMillis = server.figures().cpuMillis() - cpuBefore;
    published += Math.toIntExact(result.sent());
    if (result.accepted() == 0 || !result.complaint().isEmpty()) {
      throw new BenchFailure(
          "of " + result.sent() + " events " + result.accepted() + " taken " + result.complaint());
    }
    return new Told(result, 1e3 * cpuMillis);
  }

  private static Filter of(PublicKey author) {
    return Filter.ANY.withAuthors(Set.of(author));
  }

  // Nobody has the secret key of it.
  private static PublicKey stranger(int subscriber, int other) {
    byte[] key = new byte[KEY_BYTES];
    new Random((long) subscriber << Integer.SIZE | other).nextBytes(key);
    return PublicKey.of(key);
  }

  private Opening opening(List<Filter> filters) {
    List<Filter> live = filters.stream().map(filter -> filter.withLimit(0)).toList();
    return Opening.webSocket(server.authority(), PATH, Requests.text(live), END);
  }

  private CallerGroup callers(int connections) {
    return loop.open(
        connections, Opening.webSocket(server.authority(), PATH), Exchange.NOSTR_EVENT);
  }

  @Override
  public void close() {
    loop.close();
  }
}
