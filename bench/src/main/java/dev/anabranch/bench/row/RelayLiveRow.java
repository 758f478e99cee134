package dev.anabranch.bench.row;

import dev.anabranch.bench.contender.Anabranch;
import dev.anabranch.bench.contender.NostrRelay;
import dev.anabranch.bench.contender.Relay;
import dev.anabranch.bench.contender.Strfry;
import dev.anabranch.bench.nostr.LiveLoad;
import dev.anabranch.bench.nostr.LiveLoad.Told;
import dev.anabranch.bench.nostr.SignedEvents;
import dev.anabranch.bench.process.ServerProcess;
import dev.anabranch.bench.report.Better;
import dev.anabranch.bench.report.Figure;
import dev.anabranch.bench.report.Findings;
import dev.anabranch.bench.report.Numbers;
import dev.anabranch.bench.setting.Bench;
import dev.anabranch.bench.setting.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The Nostr relay's subscribers: what they cost while nothing comes, what their filters cost while
/// events are taken, and how fast a burst reaches all of them.
final class RelayLiveRow implements Row {
  private static final int FILTERS_MORE = 10;

  @Override
  public String name() {
    return "relay-live";
  }

  @Override
  public String title() {
    return "Nostr relay: 10,000 subscribers told nothing, 1,000 told one author each, or"
        + " everything";
  }

  @Override
  public Better better() {
    return Better.MORE;
  }

  @Override
  public void measure(Bench bench, Findings findings) {
    Amounts amounts = bench.settings().quick() ? Amounts.QUICK : Amounts.FULL;
    SignedEvents events = SignedEvents.marked(amounts.events());
    Session session = new Session(bench, findings, events, amounts);
    session.whole(Relay.of(Anabranch.onSqlite()), true);
    session.whole(NostrRelay.storing(), false);
    session.whole(new Strfry(), false);
  }

  /// How much is measured.
  ///
  /// @param warmUp longest time before it
  /// @param slice longest time of one of the slices in which filters are few or many
  /// @param sliceEvents most events of one
  /// @param rounds slices of either
  /// @param warmUpBursts not measured
  /// @param bursts measured
  private record Amounts(
      Duration warmUp, Duration slice, int sliceEvents, int rounds, int warmUpBursts, int bursts) {
    static final Amounts QUICK =
        new Amounts(Duration.ofSeconds(2), Duration.ofSeconds(1), 5_000, 2, 1, 1);
    static final Amounts FULL =
        new Amounts(Duration.ofSeconds(15), Duration.ofSeconds(4), 20_000, 4, 3, 5);

    private static final int WARM_UP_SLICES = 2;

    int warmUpEvents() {
      return WARM_UP_SLICES * sliceEvents;
    }

    int events() {
      return warmUpEvents()
          + 2 * rounds * sliceEvents
          + (warmUpBursts + bursts) * LiveLoad.BURST_EVENTS;
    }
  }

  private record Session(Bench bench, Findings findings, SignedEvents events, Amounts amounts) {
    /// Bars are held against our own alone.
    void whole(Relay relay, boolean own) {
      findings.attempt(
          relay.name(),
          () -> {
            try (ServerProcess server = relay.launch(bench.folder("relay-live"));
                LiveLoad load = new LiveLoad(server, events)) {
              findings.attempt(relay.name() + ", idle", () -> idle(relay, load, own));
              findings.attempt(relay.name() + ", filters", () -> filters(relay, load, own));
              return findings.attempt(relay.name() + ", burst", () -> burst(relay, load, own));
            }
          });
    }

    private boolean idle(Relay relay, LiveLoad load, boolean own) {
      Figure each =
          IdleRow.figure(findings, relay.name() + ": idle", load.idle(Settings.IDLE_SOCKETS));
      if (own) {
        findings.atMost("an idle connection", each.value(), IdleRow.KILOBYTES_MAX, "KB");
      }
      return true;
    }

    // In slices by turns, so that neither a growing store nor a busy machine is on one side.
    private boolean filters(Relay relay, LiveLoad load, boolean own) {
      load.oneAuthorEach(1, amounts.warmUpEvents(), amounts.warmUp());
      List<Told> few = new ArrayList<>();
      List<Told> many = new ArrayList<>();
      for (int round = 0; round < amounts.rounds(); round++) {
        few.add(load.oneAuthorEach(1, amounts.sliceEvents(), amounts.slice()));
        many.add(load.oneAuthorEach(FILTERS_MORE, amounts.sliceEvents(), amounts.slice()));
      }
      double withFew = taken(relay.name() + ": ingest at 1,000 filters", few);
      double withMany = taken(relay.name() + ": ingest at 10,000 filters", many);
      if (own) {
        findings.atLeast("ingest at 1,000 filters", withFew, 5_000, "/s");
        findings.atMost("10 × the filters cost", 100 * (1 - withMany / withFew), 10, "%");
      }
      return true;
    }

    private double taken(String of, List<Told> slices) {
      double seconds = slices.stream().mapToDouble(told -> told.load().writingNanos()).sum() / 1e9;
      double events = slices.stream().mapToDouble(told -> told.load().accepted()).sum();
      double cpuMicros = slices.stream().mapToDouble(Told::cpuMicros).sum();
      return findings
          .figure(
              of,
              events / seconds,
              "events/s",
              "each told to one, " + Numbers.text(cpuMicros / events) + " µs of its processor time")
          .value();
    }

    private boolean burst(Relay relay, LiveLoad load, boolean own) {
      List<Told> bursts =
          load.bursts(Settings.SUBSCRIBERS, amounts.warmUpBursts() + amounts.bursts());
      List<Told> measured = bursts.subList(amounts.warmUpBursts(), bursts.size());
      double seconds = measured.stream().mapToDouble(told -> told.load().totalNanos()).sum() / 1e9;
      double deliveries = measured.stream().mapToDouble(told -> told.load().delivered()).sum();
      double each = measured.stream().mapToDouble(Told::cpuMicros).sum() / deliveries;
      findings.figure(
          relay.name() + ": burst to 1,000",
          deliveries / seconds,
          "deliveries/s",
          Numbers.text(each) + " µs of its processor time each");
      if (own) {
        findings.atLeast("a burst to 1,000", deliveries / seconds, 200_000, " deliveries/s");
        findings.atMost("relay's processor time of a delivery", each, 6, "µs");
      }
      return true;
    }
  }
}
