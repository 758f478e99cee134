package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.NostrRelay;
import dev.anabranch.bench.contender.Relay;
import dev.anabranch.bench.contender.Strfry;
import dev.anabranch.bench.load.Histograms;
import dev.anabranch.bench.load.LoadResult;
import dev.anabranch.bench.nostr.RelayLoad;
import dev.anabranch.bench.nostr.SignedEvents;
import dev.anabranch.bench.nostr.StoredBytes;
import dev.anabranch.bench.process.PostgresServer;
import dev.anabranch.bench.process.ServerProcess;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Figure;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import dev.anabranch.bench.setting.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// The Nostr relay: events taken, stored events asked for, new ones shown.
///
/// Anabranch answers OK once an event is on disk. The peer from npm stores its events as its store
/// on SQLite does by default, which waits for no disk; strfry is measured when its program is
/// there.
final class RelayRow implements Row {
  private static final int WRITERS = 64;
  private static final int ASKERS = 8;
  private static final int LIVE_PER_SECOND = 10;
  private static final double TIMES_PEER = 25;
  private static final double TIMES_PEER_POSTGRES = 8;
  private static final double TIMES_STRFRY = 1.2;
  private static final double CPU_MICROS = 140;
  // Of the peer, on the machine that the bars were set on.
  private static final double PEER_CPU_MICROS = 2_145;

  @Override
  public String name() {
    return "relay";
  }

  @Override
  public String title() {
    return "Nostr relay: events taken on 64 connections, asked for on 8, shown to 1,000";
  }

  @Override
  public Better better() {
    return Better.MORE;
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    SignedEvents events = SignedEvents.sign(bench.settings().quick() ? 40_000 : 150_000);
    Session session = new Session(bench, findings, events);
    Optional<Taking> own = session.whole(Relay.of(Anabranch.onSqlite()), true);
    Optional<Taking> postgres = findings.attempt("PostgreSQL", session::onPostgres);
    Optional<Taking> peer = session.whole(NostrRelay.storing(), false);
    Optional<Taking> strfry = session.whole(new Strfry(), false);
    compare(findings, own, peer, TIMES_PEER);
    compare(findings, postgres, peer, TIMES_PEER_POSTGRES);
    compare(findings, own, strfry, TIMES_STRFRY);
    own.ifPresent(ours ->
        peer.ifPresent(theirs ->
            findings.atLeast(
                "the peer's processor time of an event in relation to it",
                theirs.cpuMicros / ours.cpuMicros,
                PEER_CPU_MICROS / CPU_MICROS,
                "×")));
  }

  private static void compare(
      Findings findings, Optional<Taking> own, Optional<Taking> other, double times) {
    own.ifPresent(
        ours -> other.ifPresent(theirs -> findings.atLeast(ours.figure, theirs.figure, times)));
  }

  /// How fast a relay takes events.
  ///
  /// @param cpuMicros its processor time for one of them
  private record Taking(Figure figure, double cpuMicros) {}

  private record Session(Bench bench, Findings findings, SignedEvents events) {
    /// Every load on one relay; the figure is what it takes. Bars are held against our own alone.
    Optional<Taking> whole(Relay relay, boolean own) {
      return findings.attempt(
          relay.name(),
          () -> {
            Path folder = bench.folder("relay");
            Taking taking;
            int stored;
            try (ServerProcess server = relay.launch(folder);
                RelayLoad load = new RelayLoad(server, events)) {
              RelayLoad.Ingest taken = ingest(load);
              taking = new Taking(figure(relay, taken), taken.cpuMicros());
              if (own) {
                findings.atMost(
                    "relay's processor time of an event", taken.cpuMicros(), CPU_MICROS, "µs");
              }
              findings.attempt(relay.name() + ", ids", () -> ids(relay, load, own));
              findings.attempt(relay.name() + ", feeds", () -> feeds(relay, load, own));
              findings.attempt(relay.name() + ", live", () -> live(relay, load, own));
              stored = load.stored();
            }
            findings.attempt(relay.name() + ", disk", () -> disk(relay, folder, stored, own));
            return taking;
          });
    }

    Taking onPostgres() {
      try (PostgresServer postgres = bench.postgres()) {
        postgres.create("anabranch");
        Relay relay = Relay.of(Anabranch.onPostgres(postgres.address("anabranch")));
        try (ServerProcess server = relay.launch(bench.folder("relay"));
            RelayLoad load = new RelayLoad(server, events)) {
          RelayLoad.Ingest taken = ingest(load);
          return new Taking(figure(relay, taken), taken.cpuMicros());
        }
      }
    }

    private RelayLoad.Ingest ingest(RelayLoad load) {
      return load.ingest(WRITERS, warmUp(), bench.settings().load());
    }

    private Figure figure(Relay relay, RelayLoad.Ingest taken) {
      return findings.figure(
          relay.name() + ": ingest",
          taken.load().writesPerSecond(),
          "events/s",
          answers(taken.load())
              + ", "
              + Numbers.text(taken.cpuMicros())
              + " µs of its processor time each");
    }

    private boolean ids(Relay relay, RelayLoad load, boolean own) {
      LoadResult one = load.ids(1, shorter(), shorter());
      double p50 = Histograms.millis(one.answers(), 50);
      findings.figure(
          relay.name() + ": id, 1 connection", one.writesPerSecond(), "requests/s", answers(one));
      LoadResult eight = load.ids(ASKERS, shorter(), shorter());
      findings.figure(
          relay.name() + ": id, 8 connections",
          eight.writesPerSecond(),
          "requests/s",
          answers(eight) + ", of " + Numbers.text(load.stored()) + " events");
      if (own) {
        findings.atMost("an id on 1 connection p50", p50, 0.2, "ms");
        findings.atLeast("ids on 8 connections", eight.writesPerSecond(), 13_000, "/s");
      }
      return true;
    }

    private boolean feeds(Relay relay, RelayLoad load, boolean own) {
      LoadResult feeds = load.feeds(ASKERS, shorter(), shorter());
      findings.figure(
          relay.name() + ": feed of 150 authors",
          feeds.writesPerSecond(),
          "requests/s",
          answers(feeds) + ", 8 connections, 100 events each");
      if (own) {
        findings.atLeast("feeds on 8 connections", feeds.writesPerSecond(), 1_200, "/s");
      }
      return true;
    }

    private boolean live(Relay relay, RelayLoad load, boolean own) {
      int count = bench.settings().quick() ? 20 : 100;
      LoadResult live = load.live(Settings.SUBSCRIBERS, LIVE_PER_SECOND, count);
      if (!live.complaint().isEmpty()) {
        findings.note(relay.name() + ", live: " + live.complaint());
      }
      double p50 = Histograms.millis(live.deliveries(), 50);
      double p99 = Histograms.millis(live.deliveries(), 99);
      findings.figure(
          relay.name() + ": live to 1,000, p50",
          p50,
          "ms",
          "p99 "
              + Numbers.text(p99)
              + " ms, 10 events/s, signed on the way; OK p50 "
              + Numbers.text(Histograms.millis(live.answers(), 50))
              + " ms");
      if (own) {
        findings.atMost("live p50", p50, 5, "ms");
        findings.atMost("live p99", p99, 25, "ms");
        findings.attempt("bare Netty, live", () -> bareLive(live.bytesPerDelivery(), count));
      }
      return true;
    }

    private boolean bareLive(double wireBytes, int count) {
      LoadResult limit = new BareLive(bench, LIVE_PER_SECOND, count).of(wireBytes);
      if (!limit.complaint().isEmpty()) {
        findings.note("bare Netty, live: " + limit.complaint());
      }
      findings.figure(
          "bare Netty: live to 1,000, p50",
          Histograms.millis(limit.deliveries(), 50),
          "ms",
          "p99 "
              + Numbers.text(Histograms.millis(limit.deliveries(), 99))
              + " ms, as many bytes, neither verified nor stored");
      return true;
    }

    private boolean disk(Relay relay, Path folder, int stored, boolean own) {
      double each = (double) StoredBytes.of(folder) / stored;
      findings.figure(
          relay.name() + ": on disk",
          each,
          "bytes/event",
          "of " + Numbers.text(stored) + " events, once it has ended");
      if (own) {
        findings.atMost("an event on disk", each, 1_200, "bytes");
      }
      return true;
    }

    private static String answers(LoadResult load) {
      return "p50 "
          + Numbers.text(Histograms.millis(load.answers(), 50))
          + " ms, p99 "
          + Numbers.text(Histograms.millis(load.answers(), 99))
          + " ms";
    }

    // The warm-up of a slow relay ends with the time, of a fast one with the events.
    private Duration warmUp() {
      return bench.settings().quick() ? Duration.ofSeconds(4) : bench.settings().warmUp();
    }

    private Duration shorter() {
      return bench.settings().quick() ? Duration.ofMillis(1_500) : bench.settings().load();
    }
  }
}
