package dev.anabranch.simulation;

import java.util.List;
import java.util.Map;

/// How one run ended.
///
/// @param seed decides everything in it
/// @param traceHash the same for the same seed, always
/// @param broken promises found broken, each with its number; empty = all is well
/// @param happened how often each kind of thing happened: a run counts only as far as things really
///   went wrong in it
/// @param events how many events it had
/// @param virtualMillis how much time passed in it
/// @param lastLines what happened last, to read when something is broken
public record SimulationResult(
    long seed,
    long traceHash,
    List<String> broken,
    Map<String, Long> happened,
    long events,
    long virtualMillis,
    List<String> lastLines) {

  public SimulationResult {
    broken = List.copyOf(broken);
    happened = Map.copyOf(happened);
    lastLines = List.copyOf(lastLines);
  }

  /// Whether every law held.
  public boolean isSound() {
    return broken.isEmpty();
  }

  /// What to print of a run that broke a law.
  public String report() {
    return "seed %d broke a law (run it again with --seed %d)%n%s%nwhat happened last:%n%s"
        .formatted(seed, seed, String.join("\n", broken), String.join("\n", lastLines));
  }
}
