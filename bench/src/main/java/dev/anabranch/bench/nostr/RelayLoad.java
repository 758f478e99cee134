package dev.anabranch.bench.nostr;

import dev.anabranch.bench.failure.BenchFailure;
import dev.anabranch.bench.load.CallerGroup;
import dev.anabranch.bench.load.Exchange;
import dev.anabranch.bench.load.Load;
import dev.anabranch.bench.load.LoadLoop;
import dev.anabranch.bench.load.LoadResult;
import dev.anabranch.bench.load.Marker;
import dev.anabranch.bench.load.Opening;
import dev.anabranch.bench.load.Pace;
import dev.anabranch.bench.load.ReaderGroup;
import dev.anabranch.bench.load.Readers;
import dev.anabranch.bench.load.WireSocket;
import dev.anabranch.bench.load.Writes;
import dev.anabranch.bench.process.ServerProcess;
import dev.anabranch.nostr.event.UnsignedEvent;
import dev.anabranch.nostr.filter.Filter;
import dev.anabranch.nostr.key.SecretKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;

/// A running relay under load, one kind of load after another.
public final class RelayLoad implements AutoCloseable {
  // Nothing else is of this kind, so that who subscribes gets no stored event.
  private static final int LIVE_KIND = 42;
  private static final String PATH = "/";
  private static final String EVENT = "[\"EVENT\"";
  private static final String CHALLENGE = "[\"AUTH\"";
  private static final String END = "[\"EOSE\"";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ServerProcess server;
  private final SignedEvents events;
  private final LoadLoop loop;
  private int stored;
  private int shown;

  /// Opens no socket yet.
  ///
  /// @param server listens at `/`; the caller's to end
  /// @param events what it is filled with
  public RelayLoad(ServerProcess server, SignedEvents events) {
    this.server = server;
    this.events = events;
    this.loop = LoadLoop.to(server.address());
  }

  /// Events taken.
  ///
  /// @param load from EVENT to OK
  /// @param cpuMicros processor time of the relay for one of them
  public record Ingest(LoadResult load, double cpuMicros) {}

  /// Publishes notes, each connection the next after its OK.
  ///
  /// A third of them, or the time of the warm-up, goes before what is measured.
  public Ingest ingest(int connections, Duration warmUp, Duration time) {
    try (CallerGroup callers = callers(connections, Exchange.NOSTR_EVENT)) {
      int warming = events.size() / 3;
      LoadResult before = loop.run(load(events.from(0), warming, warmUp), callers);
      int first = taken(before);
      long cpuBefore = server.figures().cpuMillis();
      LoadResult load = loop.run(load(events.from(first), events.size() - first, time), callers);
      stored = first + taken(load);
      long cpuMillis = server.figures().cpuMillis() - cpuBefore;
      return new Ingest(load, 1e3 * cpuMillis / load.accepted());
    }
  }

  // What follows asks for what was published, so that one refusal spoils it all.
  private static int taken(LoadResult load) {
    if (load.accepted() < load.sent() || load.sent() == 0) {
      throw new BenchFailure(
          load.accepted() + " of " + load.sent() + " events taken " + load.firstRefusal());
    }
    return Math.toIntExact(load.sent());
  }

  /// How many events the relay holds by now.
  public int stored() {
    return stored + shown;
  }

  /// Asks for one stored note by its id, each time another: REQ, EVENT, EOSE, and CLOSE with the
  /// next REQ.
  public LoadResult ids(int connections, Duration warmUp, Duration time) {
    LongFunction<Filter> filters = Requests.ids(events, stored);
    expect(filters, 1);
    return requests(filters, connections, warmUp, time);
  }

  /// Asks for the newest hundred notes of 150 authors.
  public LoadResult feeds(int connections, Duration warmUp, Duration time) {
    LongFunction<Filter> filters = Requests.feeds(events);
    expect(filters, Requests.FEED_EVENTS);
    return requests(filters, connections, warmUp, time);
  }

  private LoadResult requests(
      LongFunction<Filter> filters, int connections, Duration warmUp, Duration time) {
    Writes requests = Requests.writes(filters);
    try (CallerGroup callers = callers(connections, Exchange.NOSTR_REQUEST)) {
      loop.run(load(requests, Long.MAX_VALUE, warmUp), callers);
      LoadResult load = loop.run(load(requests, Long.MAX_VALUE, time), callers);
      if (load.accepted() < load.sent()) {
        throw new BenchFailure(
            load.accepted() + " of " + load.sent() + " requests answered " + load.firstRefusal());
      }
      return load;
    }
  }

  /// The load client looks for the end of an answer only; that it is whole is seen here.
  private void expect(LongFunction<Filter> filters, int wanted) {
    try (WireSocket socket = WireSocket.open(server.address(), PATH)) {
      for (long number = 0; number < 20; number++) {
        socket.send(Requests.text(filters.apply(number)));
        int seen = 0;
        String message = text(socket);
        for (; message.startsWith(EVENT) || message.startsWith(CHALLENGE); message = text(socket)) {
          seen += message.startsWith(EVENT) ? 1 : 0;
        }
        if (!message.startsWith(END) || seen != wanted) {
          throw new BenchFailure(seen + " events instead of " + wanted + ", then " + message);
        }
        socket.send(Requests.closing());
      }
    } catch (IOException e) {
      throw new BenchFailure("a request was not answered", e);
    }
  }

  private static String text(WireSocket socket) throws IOException {
    return new String(socket.next(), StandardCharsets.UTF_8);
  }

  /// Publishes at a steady rate what every subscriber waits for.
  public LoadResult live(int subscribers, int perSecond, int count) {
    Filter filter = Filter.ANY.withKinds(Set.of(LIVE_KIND)).withLimit(1);
    Opening opening = Opening.webSocket(server.authority(), PATH, Requests.text(filter), END);
    try (ReaderGroup readers = loop.open(Readers.timed(subscribers, opening));
        CallerGroup callers = callers(1, Exchange.NOSTR_EVENT)) {
      loop.run(Load.of(stamped(0), Pace.rate(perSecond), perSecond), callers, readers);
      shown += perSecond + count;
      return loop.run(Load.of(stamped(perSecond), Pace.rate(perSecond), count), callers, readers);
    }
  }

  // Signed when it is sent, because the moment stands in it: a tenth of a millisecond of the delay.
  private Writes stamped(int first) {
    SecretKey author = events.authors().getFirst();
    return (number, nanos) -> {
      byte[] mark = Marker.PLACEHOLDER.getBytes(StandardCharsets.US_ASCII);
      Marker.putStamp(mark, 1, nanos);
      String content = (first + number) + " " + new String(mark, StandardCharsets.US_ASCII);
      long now = InstantSource.system().instant().getEpochSecond();
      return ByteBuffer.wrap(
          SignedEvents.frame(
              new UnsignedEvent(author.publicKey(), now, LIVE_KIND, List.of(), content)
                  .sign(author)));
    };
  }

  private CallerGroup callers(int connections, Exchange exchange) {
    return loop.open(connections, Opening.webSocket(server.authority(), PATH), exchange);
  }

  private static Load load(Writes writes, long count, Duration time) {
    return new Load(writes, Pace.free(), count, time, PATIENCE);
  }

  @Override
  public void close() {
    loop.close();
  }
}
