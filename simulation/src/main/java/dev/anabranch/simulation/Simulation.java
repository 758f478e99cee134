package dev.anabranch.simulation;

/// One run of the whole system in a single thread: server, disk, network, clients; a seed decides
/// everything.
public final class Simulation {

  private Simulation() {}

  /// Runs one seed.
  public static SimulationResult run(long seed) {
    return run(seed, Sabotage.NONE);
  }

  static SimulationResult run(long seed, Sabotage sabotage) {
    return new World(seed, sabotage).run();
  }
}
