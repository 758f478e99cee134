package dev.anabranch.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The row that says on which rows Anabranch beats its full peers.
///
/// Speeds only: memory and start are printed beside each other but are no part of it, because a
/// peer without a log, rights or a virtual machine has less to load.
public final class PeerComparison {
  private static final List<String> PEERS = List.of("TinyBase", "pouchdb-server");
  private static final List<String> ROWS =
      List.of("writes", "latency", "fan-out", "bootstrap", "catch-up");

  private PeerComparison() {}

  /// Compares what was measured; empty when nothing can be compared.
  public static Optional<RowResult> of(List<RowResult> results) {
    List<Check> checks = new ArrayList<>();
    for (RowResult result : results) {
      if (ROWS.contains(result.name())) {
        PEERS.forEach(peer -> check(result, peer).ifPresent(checks::add));
      }
    }
    return checks.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new RowResult(
                "peers",
                "peers in the same harness",
                Better.MORE,
                List.of(),
                checks,
                List.of(),
                0));
  }

  private static Optional<Check> check(RowResult result, String peer) {
    return result
        .figure("Anabranch")
        .flatMap(own -> result.figure(peer).map(other -> check(result, own, other)));
  }

  private static Check check(RowResult result, Figure own, Figure other) {
    double ratio =
        result.better() == Better.MORE ? own.value() / other.value() : other.value() / own.value();
    return new Check(
        result.name() + ": " + Numbers.text(ratio) + " × as fast as " + other.of(),
        "faster than " + other.of(),
        result.better().than(own.value(), other.value()));
  }
}
