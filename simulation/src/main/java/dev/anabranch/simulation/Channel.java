package dev.anabranch.simulation;

/// One direction of a connection: what is sent arrives in order, or not at all once it is cut.
final class Channel {

  private final World world;
  private long lastArrivalNanos;
  private boolean cut;

  Channel(World world) {
    this.world = world;
  }

  /// Sends something: its arrival is the task.
  void send(Runnable arrival) {
    if (cut) {
      return;
    }
    long now = world.scheduler.nowNanos();
    lastArrivalNanos = Math.max(lastArrivalNanos, now + world.latencyNanos());
    world.scheduler.after(
        lastArrivalNanos - now,
        () -> {
          if (!cut) {
            arrival.run();
          }
        });
  }

  void cut() {
    cut = true;
  }
}
